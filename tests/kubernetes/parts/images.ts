import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Progress } from '../../../stack/support/terminal.js';
import { runCommand } from '../../../stack/support/run-command.js';
import { openEngine, type Engine } from '../../containers/engine.js';
import { buildImage } from '../../containers/image.js';
import { provideImages } from '../../containers/images.js';
import { buildChangedImage } from './changed-image.js';
import { CHANGED, OURS } from './image-names.js';

/** By name, what each is by the engine that it comes from. */
type Images = Record<string, string>;

/** Images that the node hasn't got, in a file for its containerd. */
export interface NewImages {
  file: string;
  images: Images;
  /** Of the Saga in the changed one. */
  changedBuild: string;
}

const listIn = (store: string) => path.join(store, 'imported.json');

/** What the store keeps from former runs. */
export function importedImages(store: string): Images {
  return existsSync(listIn(store)) ? (JSON.parse(readFileSync(listIn(store), 'utf8')) as Images) : {};
}

export function noteImported(store: string, images: Images): void {
  writeFileSync(listIn(store), JSON.stringify({ ...importedImages(store), ...images }, null, 2));
}

interface Wish {
  /** Those of servers, which are pulled or stood in for. */
  others: string[];
  store: string;
  /** Where to put the file. */
  dir: string;
  progress: Progress;
  signal: AbortSignal;
}

/** Makes the images by a Docker engine, which has ended when the file is there. */
export async function obtainImages({ others, store, dir, progress, signal }: Wish): Promise<NewImages> {
  const engine = await openEngine({ progress, signal });
  try {
    await provideImages(engine, { only: others, progress, signal });
    await buildImage(engine, { image: OURS, progress, signal });
    const step = progress.step(`image ${CHANGED}`);
    const detail = (text: string) => step.detail(text);
    const changedBuild = await buildChangedImage(engine, { from: OURS, image: CHANGED, signal, detail });
    step.done();
    const there = importedImages(store);
    const images: Images = {};
    for (const image of [OURS, CHANGED, ...others]) {
      const id = await idOf(engine, image);
      if (there[image] !== id) images[image] = id;
    }
    return { file: await save(engine, Object.keys(images), { dir, progress, signal }), images, changedBuild };
  } finally {
    await engine.stop();
  }
}

async function idOf(engine: Engine, image: string): Promise<string> {
  return (await engine.docker(['image', 'inspect', '--format', '{{.Id}}', image])).trim();
}

async function save(
  engine: Engine,
  images: string[],
  { dir, progress, signal }: Pick<Wish, 'dir' | 'progress' | 'signal'>,
): Promise<string> {
  const file = path.join(dir, 'images.tar');
  rmSync(file, { force: true });
  if (images.length === 0) return file;
  mkdirSync(dir, { recursive: true });
  const step = progress.step(`${images.length} images for the node`);
  // All at once, so that what they share is written once.
  await engine.docker(['save', '--output', file, ...images], { signal });
  step.done();
  return file;
}

/** The names of the images of others that an overlay runs. */
export async function othersIn(kubectl: string, overlay: string): Promise<string[]> {
  const manifests = await runCommand(kubectl, ['kustomize', overlay]);
  const names = [...manifests.matchAll(/^\s*(?:- )?image: (\S+)$/gm)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => name !== OURS).sort();
}
