import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openLog } from '../logs/follow.js';
import { formatLine, timeOf } from '../logs/format-line.js';
import { readOptions } from '../support/options.js';
import { stackFolder } from '../support/paths.js';
import { readState } from '../support/state.js';

const usage = `npm run logs -- [process ...] [--order <orderId>] [--grep <text>] [--lines <n>] [--no-follow] [--json]

The logs of the stack of npm start, from its last lines on, until Ctrl-C; of all processes unless some are named.
  --order      only lines about this order
  --grep       only lines that hold this text
  --lines      how many of the former lines of each process (default 10; all there are with --order or --grep)
  --no-follow  only what is there now
  --json       the lines as they are in the files
HOLDFAST_DIR names the folder of another stack.`;

/** `npm run logs` */
export function run() {
  const dir = stackFolder();
  const known = namesIn(dir);
  const { names, lines, wanted, json, follow } = readOptions(usage, () => optionsOf(known));
  if (known.length === 0) {
    console.error(`There are no logs in ${dir} yet: npm start makes them.`);
    process.exit(1);
  }
  // Whoever reads our output may have heard enough.
  process.stdout.on('error', () => process.exit(0));
  const width = Math.max(...names.map((name) => name.length));
  const sources = names.map((name) => datedLines(name, path.join(dir, 'logs', `${name}.log`), wanted));
  const print = (count: number) => {
    const found = sources.flatMap((read) => (count > 0 ? read().slice(-count) : (read(), [])));
    for (const { name, line } of found.sort((a, b) => a.time - b.time))
      console.log(json ? line : formatLine(line, name, width));
  };
  print(lines);
  if (!follow) return;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));
  setInterval(() => print(Infinity), 200);
}

/** @returns what has come since; a line without a time has that of the one before */
function datedLines(
  name: string,
  file: string,
  wanted: (line: string) => boolean,
): () => { name: string; line: string; time: number }[] {
  const log = openLog(file);
  let time = 0;
  return () =>
    log
      .read()
      .map((line) => ({ name, line, time: (time = timeOf(line) ?? time) }))
      .filter(({ line }) => wanted(line));
}

/** @param known the names of processes */
function optionsOf(known: string[]) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      order: { type: 'string' },
      grep: { type: 'string' },
      lines: { type: 'string' },
      'no-follow': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', no ')}; there are: ${known.join(', ')}`);
  const texts = [values.order, values.grep].filter((text) => text !== undefined);
  const lines = values.lines ?? (texts.length > 0 ? 'Infinity' : '10');
  if (!/^\d+$|^Infinity$/.test(lines)) throw new Error(`--lines takes a number, not ${lines}`);
  return {
    names: positionals.length > 0 ? known.filter((name) => positionals.some((one) => isOneOf(one, name))) : known,
    lines: Number(lines),
    wanted: (line: string) => texts.every((text) => line.includes(text)),
    json: values.json ?? false,
    follow: !values['no-follow'],
  };
}

/**
 * Naming a process names all its instances.
 * @param name `<process>`, or `<process>-2`
 */
const isOneOf = (process: string, name: string) =>
  name.startsWith(process) && /^(-\d+)?$/.test(name.slice(process.length));

/** @returns of the processes that run, and those that ran here */
function namesIn(dir: string): string[] {
  const folder = path.join(dir, 'logs');
  const running = (['servers', 'app'] as const).flatMap((set) => Object.keys(readState(dir, set)?.processes ?? {}));
  const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const left = files.filter((file) => /^[^.]+\.log$/.test(file)).map((file) => file.slice(0, -'.log'.length));
  return [...new Set([...running, ...left.sort()])];
}
