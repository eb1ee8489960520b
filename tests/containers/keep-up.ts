import { createProgress } from '../../stack/support/terminal.js';
import { aborted, stopOnSignal } from '../../stack/support/start-and-end.js';
import { openEngine, type Engine } from './engine.js';
import { buildImage } from './image.js';
import { provideImages } from './images.js';
import { errorMessage } from '../../platform/error-message.js';

// For work by hand: an engine with the images of others and ours, until Ctrl-C.
const progress = createProgress();
const signal = stopOnSignal(progress.say);
let engine: Engine | undefined;
try {
  engine = await openEngine({ progress, signal });
  await provideImages(engine, { progress, signal });
  await buildImage(engine, { progress, signal });
  if (engine.env.DOCKER_HOST) progress.say(`\n  export DOCKER_HOST=${engine.env.DOCKER_HOST}`);
  if (engine.isOwn) progress.say('  export DOCKER_BUILDKIT=0');
  progress.say(`  Compose: ${engine.composeCommand.join(' ')}\n  Ctrl-C ends it.`);
  await aborted(signal);
} catch (error) {
  if (!signal.aborted) progress.say(`\n✗ ${errorMessage(error)}`);
  process.exitCode = 1;
} finally {
  await engine?.stop();
  progress.close();
}
