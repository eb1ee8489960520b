// @ts-check
import { testContainers } from './commands/test-containers.js';

await testContainers('compose');
