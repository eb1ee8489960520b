// @ts-check
import { status } from './commands/status.js';

await status();
