import type { Guard } from './guard.js';

const deployment = 'workers/deployment.int.test.ts';

/** Changing the Saga while orders run. */
export const change: Guard[] = [
  {
    promise:
      'In production an order ends with the build of the Saga that it began with, whatever is deployed meanwhile.',
    code: {
      file: 'workers/deployment.ts',
      text: 'defaultVersioningBehavior: behavior }',
      instead: "defaultVersioningBehavior: behavior && 'AUTO_UPGRADE' }",
    },
    test: { file: deployment, name: 'the old build drains' },
  },
  {
    promise: 'In development orders that wait go on with the newest Saga as soon as its worker runs.',
    code: {
      file: 'workers/deployment.ts',
      text: "const mayTakeOver = !current || behavior === 'AUTO_UPGRADE';",
      instead: 'const mayTakeOver = !current;',
    },
    test: { file: deployment, name: 'go on with the new Saga as soon as it runs' },
  },
  {
    promise:
      'A new version of the Saga takes every step that the orders before it have taken, in their order: undone newest first.',
    code: {
      file: 'workflows/order/cancellation.ts',
      text: 'this.#registered.unshift(',
      instead: 'this.#registered.push(',
    },
    test: { file: 'workflows/order/replay.test.ts', name: 'lets every recorded order through' },
  },
  {
    promise: 'No step of the Saga can be dropped, nor two be swapped, without a recorded order that stops it.',
    code: {
      file: 'workflows/order/testing/histories.ts',
      text: 'const names = await recordedNames();',
      instead: 'const names = (await recordedNames()).slice(0, 1);',
    },
    test: {
      file: 'workflows/order/changed-saga.test.ts',
      name: 'no step of the Saga can be dropped, nor two be swapped',
    },
  },
  {
    promise:
      'Builds that no order needs any more are deleted from Temporal, which keeps a hundred and then knows no new one.',
    code: {
      file: 'workers/deployment.ts',
      text: 'if (status !== DRAINED || !buildId) continue;',
      instead: 'if (status === DRAINED || !buildId) continue;',
    },
    test: { file: 'workers/deployment.test.ts', name: 'versions that are drained are deleted' },
  },
  {
    promise: 'A migration under a running process outdates a prepared statement once, and not for as long as it runs.',
    code: {
      file: 'platform/database/pool.ts',
      text: 'if (code === OUTDATED) connection',
      instead: "if (code === 'none') connection",
    },
    test: {
      file: 'platform/database/pool.int.test.ts',
      name: 'refuses what a migration outdated once, also in a transaction',
    },
  },
  {
    promise: 'What a connection has planned is bounded, however many statements there are.',
    code: {
      file: 'platform/database/pool.ts',
      text: '&& names.size < mostPrepared',
      instead: '',
    },
    test: { file: 'platform/database/pool.int.test.ts', name: 'has a statement planned once a connection' },
  },
];
