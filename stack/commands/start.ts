import path from 'node:path';
import { parseArgs } from 'node:util';
import { ourProcesses } from '../app/processes.js';
import { serversOf, type ServerName, checkPrerequisites } from '../servers/all.js';
import { build, installPackages } from '../support/build.js';
import { own, ownerOf } from '../support/lock.js';
import { checkout, stackFolder } from '../support/paths.js';
import { manageProcess } from '../support/managed-process.js';
import { describeBusyPorts, readPorts } from '../support/ports.js';
import { endLeftovers } from '../support/process-records.js';
import { aborted, startAndEnd, together } from '../support/start-and-end.js';
import { removeData, removeRests, forgetFormer, readState } from '../support/state.js';
import { inWords, sinceThen, readOptions, withoutPassword } from '../support/terminal.js';

const wanted: ServerName[] = ['postgres', 'redis', 'kafka', 'temporal', 'zipkin', 'prometheus', 'maildev', 'kafka-ui'];

/** What `npm run dev` calls the pages of web/. */
const PAGES = 'web';

const usage = `npm start -- [--fresh]
npm run dev -- [--fresh] PROCESS...

Brings up every server and service on this machine, until Ctrl-C.
  --fresh  begins with empty data: what an earlier npm start of this checkout has kept is removed
  PROCESS  runs from its sources, and anew whenever they change; the others run as built. One or more of web, the pages, and:
           ${namesInLines()}
Each port can be moved, as in GATEWAY_PORT=9080 npm start; docs/configuration.md has whatever else can be set.`;

/** `npm start`: everything on this machine, until Ctrl-C. */
export async function run() {
  const { values, positionals: watch } = readOptions(usage, () => {
    const options = { fresh: { type: 'boolean' }, watch: { type: 'boolean' } } as const;
    const read = parseArgs({ options, allowPositionals: true });
    refuseUnknown(read.positionals, read.values.watch ?? false);
    return read;
  });
  const dir = stackFolder();
  const since = Date.now();
  await startAndEnd(
    async ({ ends, progress, signal }) => {
      refuseSecond(dir);
      const ports = readPorts(process.env);
      await checkPrerequisites(serversOf(wanted), process.env);
      ends.push(await own(dir, values.watch ? 'npm run dev' : 'npm start'));
      const ended = [
        ...(await endLeftovers(path.join(dir, 'run', 'app'))),
        ...(await endLeftovers(path.join(dir, 'run', 'servers'))),
      ];
      forgetFormer(dir);
      if (ended.length > 0) progress.say(`  ✓ ended what an earlier run had left: ${ended.join(', ')}`);
      await refuseBusyPorts(ports);
      if (values.fresh) progress.say(`  ✓ ${empty(dir)}`);
      removeRests(dir);
      await installPackages({ root: checkout, progress, signal });

      // Only now are there packages to import.
      const { startServers } = await import('../servers/start-servers.js');
      const { startApp } = await import('../app/start-app.js');
      const { writeMetricsTargets } = await import('../servers/prometheus.js');
      let serversEnv: Record<string, string> = {};
      await together(signal, [
        async (signal) => {
          const servers = await startServers({ dir, ports, only: wanted, restart: true, progress, signal });
          ends.push(servers.stop);
          serversEnv = servers.env;
        },
        (signal) => build({ root: checkout, progress, signal }),
      ]);
      const processes = watch.filter((name) => name !== PAGES);
      const app = await startApp({ dir, serversEnv, ports, watch: processes, restart: true, progress, signal });
      ends.push(app.stop);
      let pages = '';
      if (watch.includes(PAGES)) {
        const server = pageServer(dir, app.urls.gateway ?? '');
        ends.push(() => server.stop());
        await server.start(signal);
        pages = `The pages from their sources: ${viteAddress(server.tail()) ?? ''}\n\n`;
      }
      writeMetricsTargets(dir, app.metricsUrls);

      progress.say(
        `\nHoldfast is up after ${inWords(Date.now() - since)}.\n\n${pages}${addressTable({ env: serversEnv, urls: app.urls })}`,
      );
      progress.say(
        `\nA first order, to paste into another shell:\n\n${firstOrder(app.urls.gateway ?? '')}\n\nLogs are in ${path.relative(process.cwd(), path.join(dir, 'logs'))}. Ctrl-C ends everything.`,
      );
      await aborted(signal);
    },
    { runsUntilStopped: true },
  );
}

/** Vite's, which loads a page anew at each change. */
function pageServer(dir: string, gateway: string) {
  const server = manageProcess(
    {
      name: PAGES,
      command: process.execPath,
      args: [path.join('node_modules', 'vite', 'bin', 'vite.js'), 'web'],
      cwd: checkout,
      env: { ...process.env, GATEWAY_PORT: new URL(gateway).port, NO_COLOR: '1' },
      ready: () => viteAddress(server.tail()) !== undefined,
    },
    { records: path.join(dir, 'run', 'app'), logs: path.join(dir, 'logs') },
  );
  return server;
}

const viteAddress = (log: string) => /Local:\s+(http\S+)/.exec(log)?.[1];

function namesInLines() {
  const names = ourProcesses.map(({ name }) => name);
  return [names.slice(0, 5), names.slice(5, 9), names.slice(9)].map((line) => line.join(', ')).join(',\n           ');
}

function refuseUnknown(names: string[], watch: boolean) {
  if (!watch && names.length > 0) throw new Error(`npm start takes no name; did you mean npm run dev ${names[0]}?`);
  if (watch && names.length === 0) throw new Error('which process is to run from its sources?');
  const unknown = names.filter((name) => name !== PAGES && !ourProcesses.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`there is no process ${unknown.join(', ')}`);
}

function refuseSecond(dir: string) {
  const other = ownerOf(dir);
  if (!other) return;
  const [servers, app] = [readState(dir, 'servers'), readState(dir, 'app')];
  const where = addressTable({ env: { ...servers?.env, ...app?.env }, urls: app?.urls ?? {} });
  throw new Error(
    [
      `npm start already runs in this checkout, as process ${other.pid}${servers ? `, for ${sinceThen(servers.since)}` : ''}.`,
      ...(where === '' ? [] : ['', where]),
      `\nnpm run status tells how it is. Ctrl-C in its terminal ends it, or: kill ${other.pid}`,
    ].join('\n'),
  );
}

/** @returns what was removed */
function empty(dir: string): string {
  const given = givenServers().filter(({ keeps }) => keeps !== undefined);
  if (given.length > 0) {
    const list = given.map(({ name, settings, keeps }) => `the ${keeps} of ${name} (${settings[0]})`).join(', ');
    throw new Error(`--fresh empties only what npm start has started itself, not ${list}; nothing was removed`);
  }
  const kept = serversOf(wanted).flatMap(({ keeps }) => keeps ?? []);
  return removeData(dir)
    ? `removed, in ${path.relative(process.cwd(), dir)}: ${kept.join(', ')}, and the keys and passwords that go with them`
    : 'there is nothing to remove';
}

/** Those that the environment names, so that none is started. */
function givenServers() {
  return serversOf(wanted).filter(({ settings }) => process.env[settings[0] ?? '']);
}

async function refuseBusyPorts(ports: Record<string, number>) {
  const given = givenServers().flatMap((server) => server.ports);
  const bound = Object.fromEntries(Object.entries(ports).filter(([name]) => !given.includes(name)));
  const busy = await describeBusyPorts(bound);
  if (busy.length > 0) throw new Error(busy.join('\n  '));
}

export function addressTable({ env, urls }: { env: Record<string, string>; urls: Record<string, string> }): string {
  const { gateway } = urls;
  const rows = [
    ['Shop', gateway],
    ['Desk of operators', gateway && `${gateway}/desk`],
    ['API', gateway && `${gateway}/docs`],
    ['Temporal Web UI', env.TEMPORAL_UI_URL],
    ['Kafka UI', env.KAFKA_UI_URL],
    ['Traces (Zipkin)', env.ZIPKIN_URL],
    ['Metrics (Prometheus)', env.PROMETHEUS_URL],
    ['Mail inbox', env.INBOX_URL],
    ['Temporal', env.TEMPORAL_ADDRESS],
    ['Kafka', env.KAFKA_BROKERS],
    ['Redis', env.REDIS_URL],
    ['PostgreSQL', env.POSTGRES_ADMIN_URL],
    ...Object.entries(urls).filter(([name]) => name !== 'gateway'),
  ];
  const shown = rows.filter(([, address]) => address);
  const width = Math.max(0, ...shown.map(([name = '']) => name.length));
  return shown.map(([name = '', address = '']) => `  ${name.padEnd(width)}  ${withoutPassword(address)}`).join('\n');
}

/**
 * Lines to paste into a shell: log in, order, look.
 * @param gateway its address
 */
function firstOrder(gateway: string) {
  const field = (name: string) => `node -pe 'JSON.parse(fs.readFileSync(0)).${name}'`;
  return `TOKEN=$(curl -s ${gateway}/sessions -H 'content-type: application/json' \\
  -d '{"email":"alice@example.com","password":"holdfast-demo"}' | ${field('accessToken')})
ORDER=$(curl -s ${gateway}/orders -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -H 'idempotency-key: my-first-order' -d '{"productId":1,"quantity":1}' | tee /dev/stderr | ${field('id')})
curl -s ${gateway}/orders/$ORDER -H "authorization: Bearer $TOKEN"  # once more in a few seconds: COMPLETED`;
}
