// @ts-check
import { testCompose } from './commands/test-compose.js';

await testCompose();
