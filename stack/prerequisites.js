// @ts-check
// This file must run on every Node that knows ES modules, to be able to say that it is too old: no syntax newer than 2018.
import { spawnSync } from 'child_process';
import fs from 'fs';
import os from 'os';
import path from 'path';

/**
 * @typedef {object} Machine what the checks look at
 * @property {string} node the version of Node.js that runs this
 * @property {string} platform
 * @property {(command: string, args: string[]) => string | undefined} ask the output of a command, undefined when there is no such command
 * @property {(folder: string) => number | undefined} freeBytes
 *
 * @typedef {{ java: boolean, maven: boolean, go: boolean, megabytes: number, folders: string[] }} Needs
 * @typedef {{ what: string, why: string, found: string, debian: string, macos: string }} Missing
 */

/** Before anything is known about caches and given addresses. @type {Needs} */
export const allNeeds = { java: true, maven: true, go: true, megabytes: 0, folders: [] };

/**
 * @param {Needs} needs
 * @param {Machine} machine
 * @returns {Missing[]} everything that is missing, at once
 */
export function findMissing(needs, machine) {
  /** @type {(Missing | undefined)[]} */
  const found = [
    atLeast(machine.node, [20, 20])
      ? undefined
      : {
          what: 'Node.js 20.20 or newer',
          why: 'runs everything',
          found: 'this is ' + machine.node,
          debian: 'https://nodejs.org/en/download (nvm install 24, or the package of NodeSource)',
          macos: 'brew install node@24',
        },
    versioned(machine, 'npm', ['--version'], /^(\d+)\.(\d+)/m, [10, 0], {
      what: 'npm 10 or newer',
      why: 'installs the packages',
      debian: 'comes with Node.js; else: npm install -g npm@11',
      macos: 'comes with Node.js',
    }),
    needs.java
      ? versioned(machine, javaCommand(), ['-version'], /version "(\d+)(?:\.(\d+))?/, [17, 0], {
          what: 'Java 17 or newer',
          why: 'runs Kafka and Zipkin',
          debian: 'apt-get install openjdk-17-jre-headless',
          macos: 'brew install openjdk@17',
        })
      : undefined,
    needs.maven
      ? versioned(machine, 'mvn', ['-v'], /Apache Maven (\d+)\.(\d+)/, [3, 6], {
          what: 'Maven 3.6 or newer',
          why: 'fetches Kafka, Zipkin and Redis (their folder in the cache is empty)',
          debian: 'apt-get install maven',
          macos: 'brew install maven',
        })
      : undefined,
    needs.go
      ? versioned(machine, 'go', ['version'], /go(\d+)\.(\d+)/, [1, 21], {
          what: 'Go 1.21 or newer',
          why: 'builds Temporal, whose download can not be reached from here',
          debian: "https://go.dev/dl (Debian's own may be too old)",
          macos: 'brew install go',
        })
      : undefined,
    ...needs.folders.map((folder) => lackOfSpace(machine, folder, needs.megabytes)),
  ];
  return found.filter(/** @returns {missing is Missing} */ (missing) => missing !== undefined);
}

/** @param {Missing[]} missing @param {string} platform */
export function describeMissing(missing, platform) {
  const lines = missing.map(
    (one) =>
      '  - ' +
      one.what +
      ' (' +
      one.why +
      '); ' +
      one.found +
      '\n      get it: ' +
      (platform === 'darwin' ? one.macos : one.debian),
  );
  return 'This machine lacks what Holdfast needs:\n' + lines.join('\n');
}

/** @type {Machine} */
export const thisMachine = {
  node: process.versions.node,
  platform: process.platform,
  ask(command, args) {
    const asked = spawnSync(command, args, { encoding: 'utf8', timeout: 20000 });
    return asked.error || asked.status !== 0 ? undefined : asked.stdout + asked.stderr;
  },
  freeBytes(folder) {
    if (typeof fs.statfsSync !== 'function') return undefined;
    const space = fs.statfsSync(existing(folder));
    return space.bavail * space.bsize;
  },
};

function javaCommand() {
  return process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
}

/**
 * @param {Machine} machine @param {string} command @param {string[]} args @param {RegExp} pattern @param {[number, number]} least
 * @param {{ what: string, why: string, debian: string, macos: string }} about
 * @returns {Missing | undefined}
 */
function versioned(machine, command, args, pattern, least, about) {
  const said = machine.ask(command, args);
  if (said === undefined) return Object.assign({ found: command + ' was not found' }, about);
  const match = pattern.exec(said);
  const version = match ? match[1] + '.' + (match[2] || '0') : '0.0';
  return atLeast(version, least)
    ? undefined
    : Object.assign({ found: command + ' is ' + (match ? version : 'of an unknown version') }, about);
}

/** @param {string} version @param {[number, number]} least */
function atLeast(version, least) {
  const parts = version.split('.').map(Number);
  const major = parts[0] || 0;
  return major > least[0] || (major === least[0] && (parts[1] || 0) >= least[1]);
}

/** @param {Machine} machine @param {string} folder @param {number} megabytes @returns {Missing | undefined} */
function lackOfSpace(machine, folder, megabytes) {
  const free = machine.freeBytes(folder);
  const there = free === undefined ? undefined : Math.floor(free / 1e6);
  if (there === undefined || there >= megabytes) return undefined;
  const way = 'free some space, or set HOLDFAST_CACHE to a folder on another disk';
  return {
    what: megabytes + ' MB free at ' + folder,
    why: 'packages, servers and data',
    found: 'there are ' + there + ' MB',
    debian: way,
    macos: way,
  };
}

/** @param {string} folder the nearest folder that exists */
function existing(folder) {
  let at = folder;
  while (!fs.existsSync(at) && path.dirname(at) !== at) at = path.dirname(at);
  return fs.existsSync(at) ? at : os.tmpdir();
}
