// @ts-check
import { describeMissing, findMissing, thisMachine } from '../prerequisites.js';
import { canDownloadTemporal } from '../servers/temporal-download.js';
import { cacheFolder, checkout } from './paths.js';

/**
 * @param {import('../servers/types.js').Server[]} servers those wanted
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<import('../prerequisites.js').Needs>} without what a given address or the cache makes needless
 */
export async function needsOf(servers, environment) {
  const cache = cacheFolder(environment);
  const started = servers.filter(({ settings }) => !environment[settings[0] ?? '']);
  const fetched = started.filter((server) => !(server.isHere?.(cache, environment) ?? true));
  const need = (
    /** @type {import('../servers/types.js').Server[]} */ among,
    /** @type {'java' | 'maven' | 'go'} */ program,
  ) => among.some(({ needs }) => needs?.includes(program));
  const needs = {
    java: need(started, 'java'),
    maven: need(fetched, 'maven'),
    go: need(fetched, 'go'),
    megabytes: 500,
    folders: [checkout, cache],
  };
  if (needs.go) needs.megabytes = 4000;
  if (needs.go && thisMachine.ask('go', ['version']) === undefined) needs.go = !(await canDownloadTemporal());
  return needs;
}

/**
 * @param {import('../servers/types.js').Server[]} servers
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<void>} rejects naming everything that is missing, with the way to get it
 */
export async function checkPrerequisites(servers, environment) {
  const missing = findMissing(await needsOf(servers, environment), thisMachine);
  if (missing.length > 0) throw new Error(describeMissing(missing, thisMachine.platform));
}
