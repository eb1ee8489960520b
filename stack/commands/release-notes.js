// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { notesOf, versionOf } from '../release/changelog.js';
import { checkout } from '../support/paths.js';

/** `npm run release:notes -- v1.2.3`: what is published with a tag; refuses one that package.json or CHANGELOG.md does not have. */
export function run() {
  const [tag = ''] = process.argv.slice(2);
  const read = (/** @type {string} */ file) => fs.readFileSync(path.join(checkout, file), 'utf8');
  try {
    const version = versionOf(tag, JSON.parse(read('package.json')).version);
    console.log(notesOf(read('CHANGELOG.md'), version));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
