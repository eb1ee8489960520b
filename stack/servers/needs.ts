import { describeMissing, findMissing, thisMachine, type Needs } from '../prerequisites.js';
import { canDownloadTemporal } from './temporal-download.js';
import { cacheFolder, checkout } from '../support/paths.js';
import type { Server } from './types.js';

/**
 * @param servers those wanted
 * @returns without what a given address or the cache makes needless
 */
export async function needsOf(servers: Server[], environment: NodeJS.ProcessEnv): Promise<Needs> {
  const cache = cacheFolder(environment);
  const started = servers.filter(({ settings }) => !environment[settings[0] ?? '']);
  const fetched = started.filter((server) => !(server.isHere?.(cache, environment) ?? true));
  const need = (among: Server[], program: 'java' | 'maven' | 'go') =>
    among.some(({ needs }) => needs?.includes(program));
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

/** @returns rejects naming everything that is missing, with the way to get it */
export async function checkPrerequisites(servers: Server[], environment: NodeJS.ProcessEnv): Promise<void> {
  const missing = findMissing(await needsOf(servers, environment), thisMachine);
  if (missing.length > 0) throw new Error(describeMissing(missing, thisMachine.platform));
}
