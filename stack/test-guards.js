// @ts-check
import { testGuards } from './commands/test-guards.js';

await testGuards();
