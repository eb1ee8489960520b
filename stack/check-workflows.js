// @ts-check
import { checkWorkflows } from './commands/check-workflows.js';

await checkWorkflows();
