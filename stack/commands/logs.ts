import fs from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { stackFolder } from '../support/paths.js';
import { readState } from '../support/state.js';
import { readOptions } from '../support/terminal.js';

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

/**
 * The lines of a log as they come, also when it is set aside and begun anew, as each start of the stack does.
 * @param file need not be there yet
 * @returns read: the whole lines that have come since
 */
export function openLog(file: string): { read(): string[]; close(): void } {
  let open: number | undefined;
  let inode = 0;
  let position = 0;
  let decoder = new StringDecoder('utf8');
  let half = '';
  const buffer = Buffer.alloc(64 * 1024);

  function begin({ ino }: fs.Stats) {
    open = fs.openSync(file, 'r');
    inode = ino;
    position = 0;
    decoder = new StringDecoder('utf8');
    half = '';
  }

  function rest(descriptor: number) {
    // Emptied in place.
    if (fs.fstatSync(descriptor).size < position) position = 0;
    const parts = [half];
    for (;;) {
      const count = fs.readSync(descriptor, buffer, 0, buffer.length, position);
      if (count === 0) break;
      position += count;
      parts.push(decoder.write(buffer.subarray(0, count)));
    }
    const lines = parts.join('').split('\n');
    half = lines.pop() ?? '';
    return lines;
  }

  function close() {
    if (open !== undefined) fs.closeSync(open);
    open = undefined;
  }

  return {
    read() {
      // Looked at before the rest is read: what is written to the former file after that is nothing.
      const there = fs.statSync(file, { throwIfNoEntry: false });
      const lines = open === undefined ? [] : rest(open);
      if (there && (open === undefined || there.ino !== inode)) {
        if (half !== '') lines.push(half);
        close();
        begin(there);
        if (open !== undefined) lines.push(...rest(open));
      }
      return lines;
    },
    close,
  };
}

/** Told by the columns, or of use to programs alone. */
const elsewhere = new Set(['level', 'time', 'service', 'message', 'traceId', 'spanId', 'reqId', 'pid', 'hostname']);

/**
 * @param line of a log: JSON of our processes, text of servers
 * @param source the name of the process
 * @param width of the names' column
 * @returns time, level, process, message and the other fields; text as it is, after the name. What would drive
 * the terminal is shown as an escape: callers have a say in what stands in logs.
 */
export function formatLine(line: string, source: string, width: number): string {
  return withoutControls(format(line, source, width));
}

/** But for line breaks and tabs: C0, DEL, C1, and what turns the direction of text; servers' colours are left out. */
function withoutControls(text: string) {
  const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  return stripVTControlCharacters(text).replace(
    controls,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function format(line: string, source: string, width: number) {
  const entry = parseEntry(line);
  const name = source.padEnd(width);
  if (!entry) return `${''.padEnd(19)}${name}  ${line}`;
  const { time, level, msg, message = msg, err, ...rest } = entry;
  const fields = Object.entries('orderId' in rest ? { orderId: rest.orderId, ...rest } : rest)
    .filter(([key]) => !elsewhere.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const what = [message, ...fields].join('  ');
  const clock = new Date(time).toTimeString().slice(0, 8);
  const milliseconds = `${new Date(time).getMilliseconds()}`.padStart(3, '0');
  const head = `${clock}.${milliseconds} ${String(level).toUpperCase().padEnd(5)} ${name}  ${what}`;
  return err ? `${head}\n${indented(err.stack ?? err.message ?? JSON.stringify(err))}` : head;
}

interface Entry {
  time: string;
  level?: unknown;
  msg?: unknown;
  message?: unknown;
  err?: { stack?: string; message?: string };
  [field: string]: unknown;
}

/** @returns an entry of one of our processes */
function parseEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Entry;
    return Number.isNaN(Date.parse(entry.time)) ? undefined : entry;
  } catch {
    return undefined;
  }
}

/** @returns when it was written, epoch milliseconds, of what begins as an entry or with a date */
export function timeOf(line: string): number | undefined {
  const entry = parseEntry(line);
  if (entry) return Date.parse(entry.time);
  const [, day, time, thousandths, zone] = /^(\d{4}-\d\d-\d\d)[T ]([\d:]{8})[.,](\d{3})(Z| UTC)?/.exec(line) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}.${thousandths}${zone ? 'Z' : ''}`);
}

function indented(text: string) {
  return text.replace(/^/gm, '    ');
}
