// @ts-check
import { check } from './commands/check.js';

await check();
