import { existsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** Where `npm run servers` has the servers, for single tests by hand. `npm test` has its own, and says where. */
const servers = '.holdfast/servers/env';
if (process.env['HOLDFAST_TEST_DIR'] === undefined && existsSync(servers)) process.loadEnvFile(servers);

const exclude = [...configDefaults.exclude, 'dist/**', '.holdfast/**'];

const slow = { testTimeout: 60_000, hookTimeout: 120_000 };

/** Files share their worker's modules: loading them anew for each took a third of the time. So tests put back what they change. */
const shared = { isolate: false };

const everyDeath = 'tests/faults/faults.e2e.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        // No servers.
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.int.test.ts', '**/*.e2e.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // Some start a process, which takes its time on a busy machine.
          testTimeout: 20_000,
          ...shared,
        },
      },
      {
        // Real servers, whose addresses come by the environment; a throwaway database each.
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          ...shared,
          ...slow,
        },
      },
      {
        // One running application for all files; one after another, because a hundred buyers need the whole machine.
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.e2e.test.ts'],
          exclude,
          globalSetup: ['tests/e2e/global-setup.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          ...shared,
          ...slow,
        },
      },
      {
        // They stop and kill what they use, in applications of their own, one after another: two at a time took longer.
        test: {
          name: 'apps',
          include: ['tests/faults/**/*.e2e.test.ts', 'tests/fuzz/**/*.e2e.test.ts'],
          exclude: [...exclude, everyDeath],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        // Holds times against the platform, so it has the machine for itself.
        test: {
          name: 'faults',
          include: [everyDeath],
          exclude,
          sequence: { groupOrder: 4 },
          hookTimeout: 180_000,
        },
      },
      {
        // What is shipped, in containers. Not part of a plain run: see stack/commands/test.ts.
        test: {
          name: 'compose',
          include: ['tests/containers/**/*.e2e.test.ts'],
          exclude,
          globalSetup: ['tests/containers/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 900_000,
          bail: 1,
        },
      },
      {
        // The same in a cluster, which `npm run test:k8s` brings up.
        test: {
          name: 'k8s',
          include: ['tests/kubernetes/**/*.e2e.test.ts'],
          exclude,
          globalSetup: ['tests/kubernetes/global-setup.ts'],
          fileParallelism: false,
          ...shared,
          // For what hangs: on a busy machine each of two dozen pods takes its time to come again.
          testTimeout: 1_800_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
