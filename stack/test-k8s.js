// @ts-check
import { testK8s } from './commands/test-k8s.js';

await testK8s();
