import { parseArgs } from 'node:util';
import { describeStack, isWell } from '../status/describe.js';
import { look } from '../status/look.js';
import { readOptions } from '../support/options.js';
import { stackFolder } from '../support/paths.js';

const usage = `npm run status -- [--json]

What runs of the stack of npm start, where, and how it is. Ends with 0 when all is healthy, else with 1.
  --json  for programs to read
HOLDFAST_DIR names the folder of another stack.`;

/** `npm run status` */
export async function run() {
  const { values } = readOptions(usage, () => parseArgs({ options: { json: { type: 'boolean' } } }));
  const dir = stackFolder();
  const stack = await look(dir);
  console.log(values.json ? JSON.stringify(stack, null, 2) : describeStack(stack, dir));
  // A server that hangs must not keep us.
  process.exit(isWell(stack) ? 0 : 1);
}
