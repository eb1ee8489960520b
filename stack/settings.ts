import { defaultPorts } from './ports.js';
import { serversOf } from './servers/all.js';

/** What `npm start`, `npm test` and the tools read beside ports and addresses of servers: the setting, and what it is for. */
const ownSettings = {
  HOLDFAST_CACHE: 'where fetched and built servers are kept, for all clones; default `~/.cache/holdfast`',
  HOLDFAST_DIR:
    'the folder of the stack that `npm run status`, `logs` and `redis` are about, and that `npm start` keeps its data in; default `.holdfast/dev`',
  JAVA_HOME: 'the Java to use; default the `java` on the path',
  CI: 'progress in plain lines, as without a terminal',
};

/** @returns what each setting of the stack is for, ports left aside */
export function stackSettings(): Record<string, string> {
  const given = serversOf().flatMap(({ name, settings: [first = '', ...others], prepare }): [string, string][] => [
    [first, `a ${name} that is here already is used, and none is fetched${prepare ? ' or started' : ''}`],
    ...others.map((other): [string, string] => [other, `goes with \`${first}\``]),
  ]);
  return { ...Object.fromEntries(given), ...ownSettings };
}

/** @returns every port that can be moved, and whose it is */
export function portSettings(): { setting: string; port: number; of: string }[] {
  return Object.entries(defaultPorts).map(([setting, port]) => {
    const server = serversOf().find(({ ports }) => ports.includes(setting))?.name;
    return {
      setting,
      port,
      of:
        server ??
        setting
          .replace(/_PORT$/, '')
          .toLowerCase()
          .replaceAll('_', '-'),
    };
  });
}
