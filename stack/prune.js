// @ts-check
import { prune } from './commands/prune.js';

await prune();
