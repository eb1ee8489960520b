import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ServerContext } from '../../stack/servers/types.js';
import { cacheFolder } from '../../stack/support/paths.js';
import { createProgress, type Progress } from '../../stack/support/terminal.js';
import { build, megabytes, sizeOf } from './build.js';
import type { Engine } from './engine.js';
import { digestOf, labelName, recipeOf, type StandIn } from './stand-in.js';
import { standIns } from './stand-ins/all.js';

interface ImagesOptions {
  /** Official names; all that have a stand-in unless said. */
  only?: string[];
  progress?: Progress;
  signal?: AbortSignal;
}

interface Told {
  progress: Progress;
  signal: AbortSignal;
}

/** Sees to it that the engine has the images: pulled, or, where that can't be done, stood in for. @returns what is a stand-in */
export async function provideImages(
  engine: Engine,
  { only, progress = createProgress(), signal = new AbortController().signal }: ImagesOptions = {},
): Promise<string[]> {
  const wanted = standIns.filter(({ image }) => !only || only.includes(image));
  const labels = new Map<string, Label>();
  for (const { image } of wanted) labels.set(image, await labelOf(engine, image));
  const missing = wanted.filter(({ image }) => labels.get(image) !== 'official');
  const [first, ...others] = missing;
  if (!first) return [];
  if (await pulls(engine, first.image, { progress, signal })) {
    for (const { image } of others) {
      if (!(await pull(engine, image, { progress, signal, patient: true })))
        throw new Error(`${image} can't be pulled`);
    }
    return [];
  }
  // All at once: what is built on another must not be taken for one of a recipe that was changed in between.
  const plan = withWhatTheyAreOn(missing).map((standIn) => ({ standIn, digest: digestOf(standIn) }));
  for (const { standIn, digest } of plan) await make(engine, standIn, digest, { progress, signal });
  // What former recipes left.
  if (engine.isOwn) await engine.docker(['image', 'prune', '--force'], { signal });
  return missing.map(({ image }) => image);
}

/** Found out once. */
const withoutRegistry = new WeakSet<Engine>();

/** @returns whether the image could be pulled; rejects where it must be. The first one decides for all. */
async function pulls(engine: Engine, image: string, { progress, signal }: Told): Promise<boolean> {
  if (withoutRegistry.has(engine)) return false;
  if (await pull(engine, image, { progress, signal, patient: false })) return true;
  if (process.platform !== 'linux') throw new Error(`${image} can't be pulled, and stand-ins are made on Linux alone`);
  withoutRegistry.add(engine);
  const whose = engine.isOwn ? '' : ', and get the official names in this engine';
  progress.say(`  No image can be pulled here: stand-ins are made from packages${whose}`);
  return false;
}

/** `official`: it has no label of ours. */
type Label = 'none' | 'official' | { digest: string };

async function labelOf(engine: Engine, image: string): Promise<Label> {
  const format = `{{index .Config.Labels "${labelName}"}}`;
  const digest = await engine.docker(['image', 'inspect', '--format', format, image]).catch(() => undefined);
  if (digest === undefined) return 'none';
  return digest.trim() === '' ? 'official' : { digest: digest.trim() };
}

/** Each once, and after the one that it is built on. */
export function withWhatTheyAreOn(wanted: StandIn[]): StandIn[] {
  const chain = (standIn: StandIn): StandIn[] => [...(standIn.on ? chain(standIn.on) : []), standIn];
  return [...new Set(wanted.flatMap(chain))];
}

/**
 * @param options patient: not only until the registry answers
 * @returns whether it could be pulled
 */
async function pull(
  engine: Engine,
  image: string,
  { progress, signal, patient }: Told & { patient: boolean },
): Promise<boolean> {
  const step = progress.step(image);
  step.detail('asking the registry');
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patient ? 600_000 : 20_000);
  try {
    const onLine = (line: string) => {
      // The registry has answered: from here on it takes what it takes.
      if (line.includes('Pulling from')) timer.refresh();
      step.detail(line);
    };
    await engine.docker(['pull', image], { signal: AbortSignal.any([signal, late.signal]), onLine });
    step.done('pulled');
    return true;
  } catch (error) {
    signal.throwIfAborted();
    step.failed(`not to be had: ${(error as Error).message.split('\n').at(-1)?.slice(0, 120) ?? ''}`);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function make(engine: Engine, standIn: StandIn, digest: string, { progress, signal }: Told): Promise<void> {
  const { image } = standIn;
  const label = await labelOf(engine, image);
  if (label === 'official' || (label !== 'none' && label.digest === digest)) return;
  const step = progress.step(`stand-in for ${image}`);
  const context = fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-stand-in-'));
  const tools: ServerContext = {
    dir: context,
    cache: cacheFolder(engine.env),
    ports: {},
    secrets: {},
    durable: false,
    environment: engine.env,
    signal,
    detail: step.detail,
  };
  try {
    fs.cpSync(recipeOf(standIn), context, { recursive: true });
    await standIn.prepare?.(context, tools);
    if (standIn.make) await standIn.make({ engine, context, label: digest, tools });
    else await build(engine, { image, context, label: `${labelName}=${digest}`, signal, detail: step.detail });
    step.done(`made, ${megabytes(await sizeOf(engine, image))}`);
  } catch (error) {
    step.failed();
    throw error;
  } finally {
    fs.rmSync(context, { recursive: true, force: true });
  }
}
