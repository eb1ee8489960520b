import path from 'node:path';
import { isCached } from '../support/cache.js';
import { runCommand } from '../support/run-command.js';
import { buildGoTool, cached, goPins } from './registries.js';
import type { Server } from './types.js';

/** Stripe's own stripe-mock, which knows the form of every call and remembers nothing: a tool, started by the test that asks it. */
export const stripeMock: Server = {
  name: 'stripe-mock',
  settings: ['STRIPE_MOCK'],
  ports: [],
  needs: ['go'],
  isHere: (cache) => isCached({ cache, name: 'stripe-mock', pins: goPins('stripe-mock') }),
  async obtain(context) {
    const { signal, environment } = context;
    const got = await cached(context, { name: 'stripe-mock', pins: goPins('stripe-mock') }, async (folder) => {
      const to = path.join(folder, 'stripe-mock');
      await buildGoTool(context, { name: 'stripe-mock', package: 'github.com/stripe/stripe-mock', to });
      await runCommand(to, ['-version'], { env: environment, signal });
      return 'its sources, built here';
    });
    return { ...got, program: path.join(got.folder, 'stripe-mock') };
  },
  describe: (_, { program = '' }) => ({ STRIPE_MOCK: program }),
};
