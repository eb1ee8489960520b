import { stripVTControlCharacters } from 'node:util';

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
