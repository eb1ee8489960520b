import fs from 'node:fs';
import path from 'node:path';
import { isCached } from '../support/cache.js';
import { answersOk } from '../support/probes.js';
import { runCommand } from '../support/run-command.js';
import { buildGoTool, cached, get, goPins, fromMaven, hasJars, officialDownload } from './registries.js';
import type { Server, ServerContext } from './types.js';
import { errorMessage } from '../../platform/error-message.js';

const version = '1.5.1';

/** The `temporal` command-line tool: the development server with its Web UI, and what operators type. */
export const temporalCli: Server = {
  name: 'temporal-cli',
  settings: ['TEMPORAL_CLI'],
  ports: [],
  needs: ['go'],
  isHere: (cache) => isCached({ cache, name: 'temporal', pins: goPins('temporal') }),
  async obtain(context) {
    const { signal, detail, environment } = context;
    const got = await cached(context, { name: 'temporal', pins: goPins('temporal') }, async (folder) => {
      const to = path.join(folder, 'temporal');
      const from = await downloadTemporal(context, folder).then(
        () => 'the official download',
        async (error: unknown) => {
          signal.throwIfAborted();
          detail(`no official download (${errorMessage(error)}), building it`);
          await buildGoTool(context, {
            name: 'temporal',
            package: 'github.com/temporalio/cli/cmd/temporal',
            to,
            ldflags: `-X github.com/temporalio/cli/temporalcli.Version=${version}`,
          });
          return 'its sources, built here';
        },
      );
      fs.chmodSync(to, 0o755);
      const said = await runCommand(to, ['--version'], { env: environment, signal });
      if (!said.includes(` ${version} `)) throw new Error(`expected temporal ${version} but it says ${said}`);
      return from;
    });
    return { ...got, program: path.join(got.folder, 'temporal') };
  },
  describe: (_, { program = '' }) => ({ TEMPORAL_CLI: program }),
};

export const temporal: Server = {
  name: 'temporal',
  keeps: 'workflows',
  settings: ['TEMPORAL_ADDRESS', 'TEMPORAL_UI_URL'],
  ports: ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT'],
  needs: ['go'],
  isHere: (cache, environment) => Boolean(environment.TEMPORAL_CLI || temporalCli.isHere?.(cache, environment)),
  obtain: async (context) => {
    const given = context.environment.TEMPORAL_CLI;
    return given ? { from: 'TEMPORAL_CLI in the environment', program: given } : temporalCli.obtain(context);
  },
  prepare({ dir, ports, environment, durable }, { program = '' }) {
    const data = path.join(dir, 'data', 'temporal');
    fs.mkdirSync(data, { recursive: true });
    // The transfer queue is polled 20 times a second unless told otherwise, which is most of what a small order waits for.
    const args = [
      ...['server', 'start-dev', '--disable-config-file', '--disable-config-env'],
      ...['--ip', '127.0.0.1', '--port', `${ports.TEMPORAL_PORT}`, '--ui-port', `${ports.TEMPORAL_UI_PORT}`],
      ...['--db-filename', path.join(data, 'temporal.db'), '--sqlite-pragma', 'journal_mode=WAL'],
      ...['--sqlite-pragma', `synchronous=${durable ? 'NORMAL' : 'OFF'}`],
      ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=5000'],
      ...['--ui-codec-endpoint', `http://127.0.0.1:${ports.CODEC_PORT}`],
      ...['--log-format', 'json', '--log-level', 'warn'],
    ];
    return {
      name: 'temporal',
      command: program,
      args,
      env: environment,
      within: 60_000,
      grace: 10_000,
      // The Web UI asks the server for it, so the answer is both's.
      ready: () => answersOk(`http://127.0.0.1:${ports.TEMPORAL_UI_PORT}/api/v1/namespaces/default`),
    };
  },
  describe: ({ ports }) => ({
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.TEMPORAL_PORT}`,
    TEMPORAL_UI_URL: `http://127.0.0.1:${ports.TEMPORAL_UI_PORT}`,
  }),
  async answers({ TEMPORAL_ADDRESS, TEMPORAL_UI_URL }) {
    if (TEMPORAL_UI_URL) return answersOk(`${TEMPORAL_UI_URL}/api/v1/namespaces/default`);
    const { Connection } = await import('@temporalio/client');
    const connection = await Connection.connect({ address: TEMPORAL_ADDRESS, connectTimeout: '5s' });
    await connection.close();
    return true;
  },
};

const release = `https://github.com/temporalio/cli/releases/download/v${version}`;

/** Rejects when it can't be had quickly: building it is the way then. */
function downloadTemporal(context: ServerContext, folder: string) {
  const machine = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const archive = `temporal_cli_${version}_${machine}.tar.gz`;
  return officialDownload(context, { release, checksums: 'checksums.txt', archive, members: ['temporal'], folder });
}

/** @returns whether the official download answers, so that nothing needs building */
export async function canDownloadTemporal(signal: AbortSignal = AbortSignal.timeout(6000)): Promise<boolean> {
  try {
    return Boolean(await get(`${release}/checksums.txt`, 6000, signal));
  } catch {
    return false;
  }
}

const script = `#!/bin/sh
# Temporal's time-skipping test server; takes its port as the first argument.
here=$(cd "$(dirname "$0")" && pwd)
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$here/libs/*" io.temporal.testserver.TestServer "$@"
`;

const jars = {
  name: 'test-server',
  pin: script,
  finish: (folder: string) => fs.writeFileSync(path.join(folder, 'test-server'), script, { mode: 0o755 }),
};

/** Temporal's time-skipping test server as an executable, for the tests of workflows. */
export const testServer: Server = {
  name: 'test-server',
  settings: ['TEMPORAL_TEST_SERVER'],
  ports: [],
  needs: ['java', 'maven'],
  isHere: (cache) => hasJars(cache, jars),
  async obtain(context) {
    const got = await fromMaven(context, jars);
    return { ...got, program: path.join(got.folder, 'test-server') };
  },
  describe: (_, { program = '' }) => ({ TEMPORAL_TEST_SERVER: program }),
};
