import path from 'node:path';
import { fromCache, isCached } from '../support/cache.js';
import { runCommand } from '../support/run-command.js';
import { buildGoTool, goPins } from './go-tool.js';
import type { Server } from './types.js';

/** Temporal's earlier command-line tool, for those whose hands know it. */
export const tctl: Server = {
  name: 'tctl',
  settings: ['TCTL'],
  ports: [],
  needs: ['go'],
  isHere: (cache) => isCached({ cache, name: 'tctl', pins: goPins('tctl') }),
  async obtain(context) {
    const { cache, signal, detail, environment } = context;
    const onWait = () => detail('another process is building it');
    const got = await fromCache({ cache, name: 'tctl', pins: goPins('tctl'), signal, onWait }, async (folder) => {
      const to = path.join(folder, 'tctl');
      await buildGoTool(context, { name: 'tctl', package: 'go.temporal.io/server/cmd/tools/cli', to });
      await runCommand(to, ['--version'], { env: environment, signal });
      return 'its sources, built here';
    });
    return { ...got, program: path.join(got.folder, 'tctl') };
  },
  describe: (_, { program = '' }) => ({ TCTL: program }),
};
