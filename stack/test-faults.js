// @ts-check
import { testFaults } from './commands/test-faults.js';

await testFaults();
