import type { Guard } from './guard.js';

/** Deaths. */
export const faults: Guard[] = [
  {
    promise: 'No process starts in production with a setting that can make it die.',
    code: {
      file: 'platform/env.ts',
      text: "env['NODE_ENV'] === 'production' ? REFUSED_IN_PRODUCTION",
      instead: "env['NODE_ENV'] === 'never' ? REFUSED_IN_PRODUCTION",
    },
    test: {
      file: 'platform/crash-points/crash-point.test.ts',
      name: 'keeps a process from starting in production, which names the setting',
    },
  },
  {
    promise: 'A process dies at a crash point as of `kill -9`, once, and only where a test has armed it.',
    code: {
      file: 'platform/crash-points/crash-point.ts',
      text: 'rmdirSync(path.join(folder, name));',
      instead: 'rmdirSync(path.join(folder, name, name));',
    },
    test: {
      file: 'platform/crash-points/crash-point.test.ts',
      name: 'kills whoever gets there while it is armed, once',
    },
  },
  {
    promise:
      'A step that takes long is not taken for dead while its worker lives; a dead worker is noticed within 4 s.',
    code: {
      file: 'workers/run-worker.ts',
      text: 'setInterval(() => heartbeat(), everyMs)',
      instead: 'setInterval(() => void heartbeat, everyMs)',
    },
    test: {
      file: 'workers/heartbeats.int.test.ts',
      name: 'an attempt that takes longer than the heartbeat timeout goes on while its process lives',
    },
  },
  {
    promise: 'A process outlives a PostgreSQL that is restarted, and has connections again once it is back.',
    code: {
      file: 'platform/database/pool.ts',
      text: "pool.on('error', (error) => logger.warn({ reason: error.message }, 'lost a database connection'));",
      instead: '',
    },
    test: {
      file: 'platform/database/pool.int.test.ts',
      name: 'outlives the loss of its connections, and makes new ones',
    },
  },
  {
    promise: 'A step whose worker has died is given to another after 4 s without a word.',
    code: {
      file: 'workflows/order/step-activities.ts',
      text: '      heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,\n',
      instead: '',
    },
    test: {
      file: 'workflows/order/real-server.int.test.ts',
      name: 'each activity says what it is for, and is missed after 4 s without a word of its worker',
    },
  },
  {
    promise:
      'A database that vanishes without a word fails what asks it within 12 s, and whoever comes next gets a new connection.',
    code: {
      file: 'platform/database/pool.ts',
      text: 'if (!asked.readyForQuery) stream.destroy(',
      instead: 'if (!asked.readyForQuery) void (',
    },
    test: {
      file: 'platform/database/pool.int.test.ts',
      name: 'a server that vanishes without a word: a query',
    },
  },
  {
    promise: 'An idle connection to Kafka sets no timers, so that an idle process idles.',
    code: {
      file: 'platform/kafka.ts',
      text: 'if (this.throttleCheckTimeoutId || this.pending.length === 0) return;',
      instead: 'if (this.throttleCheckTimeoutId) return;',
    },
    test: { file: 'platform/kafka-timers.int.test.ts', name: 'an idle connection sets no timers' },
  },
  {
    promise: "What Temporal's core says is logged without the tokens of tasks and without dumps of messages.",
    code: {
      file: 'platform/temporal/runtime.ts',
      text: "if (meta['sdkComponent'] !== 'core') return",
      instead: "if (meta['sdkComponent'] !== 'none') return",
    },
    test: {
      file: 'platform/temporal/runtime.test.ts',
      name: 'an activity that was timed out meanwhile is told without',
    },
  },
  {
    promise: "A worker starts also where another process takes the port that its SDK's metrics were to have.",
    code: {
      file: 'platform/temporal/runtime.ts',
      text: "if (!(error instanceof Error && error.message.includes('Address already in use'))) throw error;",
      instead: 'throw error;',
    },
    test: {
      file: 'platform/temporal/runtime.test.ts',
      name: 'the SDK answers its metrics at another port',
    },
  },
  {
    promise: 'Any number of processes prune a table at once: none waits for a row that another has in hand.',
    code: {
      file: 'platform/database/prune.ts',
      text: 'FOR UPDATE SKIP LOCKED',
      instead: 'FOR UPDATE',
    },
    test: { file: 'platform/database/prune.int.test.ts', name: 'a row that somebody has in hand is passed by' },
  },
];
