// @ts-check

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
