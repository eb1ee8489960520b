import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Guard } from './guard.js';

/** A guard that can't be taken out as it is described, or that no test could answer for. */
export class BadGuard extends Error {
  override name = 'BadGuard';
}

/** The file's text without the guard. Throws BadGuard where it doesn't stand there exactly once. */
export function without({ code: { file, text, instead } }: Guard, source: string): string {
  const times = source.split(text).length - 1;
  if (times !== 1) throw new BadGuard(`the text stands in ${file} ${times} times, not once: ${text}`);
  if (instead === text) throw new BadGuard(`what is put in its place is the same: ${text}`);
  return source.replace(text, () => instead);
}

/** Takes the guard out of a copy of the checkout. Returns what puts it back. */
export function takeOut(guard: Guard, copy: string): () => void {
  const file = path.join(copy, guard.code.file);
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, without(guard, source));
  return () => writeFileSync(file, source);
}
