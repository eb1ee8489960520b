import fs from 'node:fs';
import path from 'node:path';
import { buildGoTool, goPins } from '../../../stack/servers/registries.js';
import { temporalCli } from '../../../stack/servers/temporal.js';
import type { ServerContext } from '../../../stack/servers/types.js';
import { fromCache } from '../../../stack/support/cache.js';
import { runCommand } from '../../../stack/support/run-command.js';
import type { StandIn } from '../stand-in.js';
import { debian } from './base.js';

const goModule = path.join(import.meta.dirname, 'temporal');

const pins = goPins(goModule);

export const temporalServer: StandIn = {
  image: 'temporalio/server:1.29.1',
  folder: 'temporal/server',
  on: debian,
  pins,
  async prepare(context, tools) {
    const { bin, server } = await programs(tools);
    await copy(path.join(bin, 'temporal-server'), context);
    const config = path.join(context, 'config');
    await copy(path.join(server, 'config', 'dynamicconfig', 'docker.yaml'), path.join(config, 'dynamicconfig'));
    await copy(path.join(server, 'config', 'docker.yaml'), config);
    fs.renameSync(path.join(config, 'docker.yaml'), path.join(config, 'template.yaml'));
  },
};

export const temporalAdminTools: StandIn = {
  image: 'temporalio/admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0',
  folder: 'temporal/admin-tools',
  on: debian,
  pins: [...pins, ...goPins('temporal')],
  async prepare(context, tools) {
    const { bin, server } = await programs(tools);
    const { program = '' } = await temporalCli.obtain(tools);
    await copy(path.join(bin, 'temporal-sql-tool'), context);
    await copy(program, context);
    await copy(path.join(server, 'schema', 'postgresql'), path.join(context, 'schema'));
  },
};

export const temporalUi: StandIn = {
  image: 'temporalio/ui:2.42.1',
  folder: 'temporal/ui',
  on: debian,
  pins,
  async prepare(context, tools) {
    const { bin, ui } = await programs(tools);
    await copy(path.join(bin, 'ui-server'), context);
    await copy(path.join(ui, 'config', 'docker.yaml'), path.join(context, 'config'));
    await copy(path.join(ui, 'docker', 'start-ui-server.sh'), context);
  },
};

/** Temporal's programs, built here, and the sources of server and UI, which hold their configurations and schemas. */
async function programs(tools: ServerContext): Promise<{ bin: string; server: string; ui: string }> {
  const { cache, signal, detail, environment: env } = tools;
  const onWait = () => detail('another process is building it');
  const { folder: bin } = await fromCache(
    { cache, name: 'temporal-programs', pins, signal, onWait },
    async (folder) => {
      for (const [program, source] of [
        ['temporal-server', 'go.temporal.io/server/cmd/server'],
        ['temporal-sql-tool', 'go.temporal.io/server/cmd/tools/sql'],
        ['ui-server', 'github.com/temporalio/ui-server/v2/cmd/server'],
      ] as const) {
        await buildGoTool(tools, { name: goModule, package: source, to: path.join(folder, program) });
      }
      return 'their sources, built here';
    },
  );
  const options = { cwd: goModule, env: { ...env, GOWORK: 'off' }, signal };
  const modules = ['go.temporal.io/server', 'github.com/temporalio/ui-server/v2'];
  // They are there already, unless the programs were in the cache and the modules no longer are.
  await runCommand('go', ['mod', 'download', ...modules], options);
  const folders = await runCommand('go', ['list', '-m', '-f', '{{.Dir}}', ...modules], options);
  const [server = '', ui = ''] = folders.trim().split('\n');
  return { bin, server, ui };
}

/** What lies among Go's modules can't be written to, nor removed; what is sent to a build can. */
async function copy(from: string, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  await runCommand('cp', ['-R', from, folder], {});
  await runCommand('chmod', ['-R', 'u+w', folder], {});
}
