import path from 'node:path';
import { isCached } from '../support/cache.js';
import { runCommand } from '../support/run-command.js';
import { buildGoTool, cached, goPins } from './registries.js';
import type { Server } from './types.js';

/** Temporal's earlier command-line tool, for those whose hands know it. */
export const tctl = goTool({
  name: 'tctl',
  setting: 'TCTL',
  package: 'go.temporal.io/server/cmd/tools/cli',
  versionFlag: '--version',
});

/** Stripe's own stripe-mock, which knows the form of every call and remembers nothing: a tool, started by the test that asks it. */
export const stripeMock = goTool({
  name: 'stripe-mock',
  setting: 'STRIPE_MOCK',
  package: 'github.com/stripe/stripe-mock',
  versionFlag: '-version',
});

/** Built from its sources, as the folder of its name pins them; nothing of it runs by itself. */
function goTool(tool: { name: string; setting: string; package: string; versionFlag: string }): Server {
  const { name, setting, versionFlag } = tool;
  return {
    name,
    settings: [setting],
    ports: [],
    needs: ['go'],
    isHere: (cache) => isCached({ cache, name, pins: goPins(name) }),
    async obtain(context) {
      const { signal, environment } = context;
      const got = await cached(context, { name, pins: goPins(name) }, async (folder) => {
        const to = path.join(folder, name);
        await buildGoTool(context, { name, package: tool.package, to });
        await runCommand(to, [versionFlag], { env: environment, signal });
        return 'its sources, built here';
      });
      return { ...got, program: path.join(got.folder, name) };
    },
    describe: (_, { program = '' }) => ({ [setting]: program }),
  };
}
