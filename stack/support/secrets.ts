import fs from 'node:fs';
import path from 'node:path';

/** Values made once and kept: those in the file stay as they are, missing ones are made and added. Readable by their owner only. */
export function keepSecrets(file: string, makers: Record<string, () => string>): Record<string, string> {
  const kept = readSecrets(file);
  const missing = Object.entries(makers).filter(([name]) => typeof kept[name] !== 'string');
  if (missing.length === 0) return kept;
  for (const [name, make] of missing) kept[name] = make();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
  return kept;
}

/** What was kept so far; nothing where there is no such file. */
export function readSecrets(file: string): Record<string, string> {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>) : {};
}
