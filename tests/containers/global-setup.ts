import type { TestProject } from 'vitest/node';
import { createProgress } from '../../stack/support/terminal.js';
import { openEngine } from './engine.js';
import { buildImage } from './image.js';
import { provideImages } from './images.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The engine that all files share, with every image in it. */
    engine: { env: NodeJS.ProcessEnv; composeCommand: readonly [string, ...string[]] };
  }
}

/** An engine, the servers' images and ours: found, or made. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const progress = createProgress();
  const engine = await openEngine({ progress });
  try {
    await provideImages(engine, { progress });
    await buildImage(engine, { progress });
  } catch (error) {
    await engine.stop();
    throw error;
  } finally {
    progress.close();
  }
  const { env, composeCommand } = engine;
  provide('engine', { env: { ...env }, composeCommand });
  return () => engine.stop();
}
