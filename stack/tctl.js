// @ts-check
import { runOperatorTool } from './commands/operator-tool.js';

await runOperatorTool('tctl');
