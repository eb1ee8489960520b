import { entries } from './entries.js';

// The image's entry point: `docker run holdfast order-worker`. Whatever follows the name is for the process itself.
const [, , name = ''] = process.argv;
const entry = entries[name];
if (entry === undefined) {
  const said = name === '' ? 'Which process? Give its name' : `There is no process ${name}`;
  process.stderr.write(`${said}; this image runs one of: ${Object.keys(entries).join(', ')}\n`);
  process.exit(2);
}
process.argv.splice(2, 1);

const dist = new URL('../../', import.meta.url);
// Before anything that is traced is loaded, as with node's --import.
if (entry.isTraced) await import(new URL('platform/telemetry/register.js', dist).href);
await import(new URL(entry.file, dist).href);
