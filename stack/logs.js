// @ts-check
import { logs } from './commands/logs.js';

await logs();
