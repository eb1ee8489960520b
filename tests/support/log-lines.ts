import fs from 'node:fs';
import path from 'node:path';

export interface LogLine {
  /** Its file's name: that of the process. */
  process: string;
  text: string;
  /** undefined: the line is no JSON object. */
  fields: Record<string, unknown> | undefined;
}

/** Every line that the processes of an application have written so far. `dir`: that of the application. */
export function readLogs(dir: string): LogLine[] {
  const logs = path.join(dir, 'logs');
  return fs.readdirSync(logs).flatMap((file) =>
    // What comes after the last line break is still being written.
    fs
      .readFileSync(path.join(logs, file), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((text) => ({ process: path.basename(file, '.log'), text, fields: parse(text) })),
  );
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
