import fs from 'node:fs';
import path from 'node:path';
import { fromCache, isCached } from '../support/cache.js';
import { answersOk } from '../support/probes.js';
import { runCommand } from '../support/run-command.js';
import { buildGoTool, goPins } from './go-tool.js';
import { downloadTemporal, temporalVersion as version } from './temporal-download.js';
import type { Server } from './types.js';

/** The `temporal` command-line tool: the development server with its Web UI, and what operators type. */
export const temporalCli: Server = {
  name: 'temporal-cli',
  settings: ['TEMPORAL_CLI'],
  ports: [],
  needs: ['go'],
  isHere: (cache) => isCached({ cache, name: 'temporal', pins: goPins('temporal') }),
  async obtain(context) {
    const { cache, signal, detail, environment } = context;
    const onWait = () => detail('another process is fetching it');
    const got = await fromCache(
      { cache, name: 'temporal', pins: goPins('temporal'), signal, onWait },
      async (folder) => {
        const to = path.join(folder, 'temporal');
        const from = await downloadTemporal(context, { version, folder }).then(
          () => 'the official download',
          async (error: unknown) => {
            signal.throwIfAborted();
            detail(`no official download (${error instanceof Error ? error.message : String(error)}), building it`);
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
      },
    );
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
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      `${ports.TEMPORAL_PORT}`,
      '--ui-port',
      `${ports.TEMPORAL_UI_PORT}`,
      '--db-filename',
      path.join(data, 'temporal.db'),
      '--sqlite-pragma',
      'journal_mode=WAL',
      '--sqlite-pragma',
      `synchronous=${durable ? 'NORMAL' : 'OFF'}`,
      '--dynamic-config-value',
      'history.transferProcessorMaxPollRPS=5000',
      '--ui-codec-endpoint',
      `http://127.0.0.1:${ports.CODEC_PORT}`,
      '--log-format',
      'json',
      '--log-level',
      'warn',
      '--disable-config-file',
      '--disable-config-env',
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
