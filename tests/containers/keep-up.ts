import { aborted, stopOnSignal } from '../../stack/support/stopping.js';
import { createProgress } from '../../stack/support/progress.js';
import { openEngine } from './engine.js';
import { buildImage } from './image.js';
import { provideImages } from './images.js';

// For work by hand: an engine with the images of others and ours, until Ctrl-C.
const progress = createProgress();
const signal = stopOnSignal(progress.say);
const engine = await openEngine({ progress, signal });
try {
  await provideImages(engine, { progress, signal });
  await buildImage(engine, { progress, signal });
  if (engine.env.DOCKER_HOST) progress.say(`\n  export DOCKER_HOST=${engine.env.DOCKER_HOST}`);
  if (engine.isOwn) progress.say('  export DOCKER_BUILDKIT=0');
  progress.say(`  Compose: ${engine.composeCommand.join(' ')}\n  Ctrl-C ends it.`);
  await aborted(signal);
} catch (error) {
  if (!signal.aborted) throw error;
} finally {
  await engine.stop();
  progress.close();
}
