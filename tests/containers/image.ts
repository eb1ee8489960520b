import fs from 'node:fs';
import path from 'node:path';
import { checkout } from '../../stack/support/paths.js';
import { createProgress, type Progress } from '../../stack/support/terminal.js';
import { build, megabytes, sizeOf } from './build.js';
import type { Engine } from './engine.js';
import { provideImages } from './images.js';

interface ImageOptions {
  image?: string;
  /** The checkout, which holds the Dockerfile, unless said. */
  context?: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/** Builds the product's image from the Dockerfile. */
export async function buildImage(
  engine: Engine,
  { image = 'holdfast:local', context = checkout, progress = createProgress(), signal }: ImageOptions = {},
): Promise<{ image: string; bytes: number }> {
  const { bases, stages } = readDockerfile(fs.readFileSync(path.join(context, 'Dockerfile'), 'utf8'));
  await provideImages(engine, { only: bases, progress, signal });
  const step = progress.step(`image ${image}`);
  try {
    const options = { context, signal, detail: step.detail };
    // The classic builder knows what it has done before by the images of it: named ones are not swept away with the unused.
    if (engine.isOwn) {
      for (const target of stages) await build(engine, { ...options, target, image: `holdfast-stage:${target}` });
    }
    await build(engine, { ...options, image });
    if (engine.isOwn) await engine.docker(['image', 'prune', '--force'], { signal });
    const bytes = await sizeOf(engine, image);
    step.done(megabytes(bytes));
    return { image, bytes };
  } catch (error) {
    step.failed();
    throw error;
  }
}

/** @returns the images that it is built on, and the names of its stages */
export function readDockerfile(text: string): { bases: string[]; stages: string[] } {
  const given = new Map([...text.matchAll(/^ARG\s+(\w+)=(\S+)/gim)].map(([, name = '', value = '']) => [name, value]));
  const filled = text.replace(/\$\{(\w+)\}/g, (whole, name: string) => given.get(name) ?? whole);
  const froms = [...filled.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)];
  const stages = froms.flatMap(([, , stage]) => stage?.toLowerCase() ?? []);
  const bases = froms.flatMap(([, base]) => (base && !stages.includes(base.toLowerCase()) ? [base] : []));
  return { bases: [...new Set(bases)], stages };
}
