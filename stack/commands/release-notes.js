// @ts-check
// A release's pipeline runs this without any package, and so it is no TypeScript.
import fs from 'node:fs';

/** `npm run release:notes -- v1.2.3`: what is published with a tag; refuses one that package.json or CHANGELOG.md does not have. */
export function run() {
  const [tag = ''] = process.argv.slice(2);
  const read = (/** @type {string} */ file) => fs.readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  try {
    const version = versionOf(tag, JSON.parse(read('package.json')).version);
    console.log(notesOf(read('CHANGELOG.md'), version));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * What CHANGELOG.md says of a version.
 * @param {string} changelog
 * @param {string} version as in package.json
 * @returns {string} throws when it says nothing, or more than once
 */
export function notesOf(changelog, version) {
  const sections = changelog.split(/^(?=## )/m).filter((section) => titleOf(section) === version);
  if (sections.length !== 1)
    throw new Error(
      `CHANGELOG.md has ${sections.length || 'no'} sections of ${version}: it needs one, "## ${version}"`,
    );
  const notes = (sections[0] ?? '').replace(/^.*\n/, '').trim();
  if (!/^\s*[-*] /m.test(notes)) throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return notes;
}

/**
 * @param {string} tag v and a version
 * @param {string} version that of package.json
 * @returns {string} the version; throws when the tag names another
 */
export function versionOf(tag, version) {
  if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, but package.json is of version ${version}`);
  return version;
}

/** @param {string} section of Keep a Changelog: "## 1.2.3", "## [1.2.3] - 2026-01-31" */
function titleOf(section) {
  return /^## \[?([^\s\]]+)\]?(?: .*)?\n/.exec(section)?.[1];
}
