import type { Guard } from './guard.js';

/** Processes that are stopped in order, as each new version does, and how they start. */
export const stopping: Guard[] = [
  {
    promise: 'A process that is stopped gives every answer that it owes before it ends.',
    code: { file: 'platform/listen.ts', text: 'await close(drainLimitMs);', instead: 'await close(drainLimitMs * 0);' },
    test: {
      file: 'platform/listen.test.ts',
      name: 'who stops gives the answers that it owes, and closes their connections with them',
    },
  },
  {
    promise: 'No request is lost on a connection that a process closes because it is stopped.',
    code: {
      file: 'platform/listen.ts',
      text: 'while (Date.now() < leaveAt && ',
      instead: 'while (Date.now() > leaveAt && ',
    },
    test: {
      file: 'platform/listen.test.ts',
      name: 'who stops answers what still comes on a connection that was kept, and asks for it to be closed',
    },
  },
  {
    promise:
      'A read whose connection closes under it is asked again, also where there is one address for all instances.',
    code: {
      file: 'clients/http-client.ts',
      text: 'urls.length === 1 ? [...urls, ...urls] :',
      instead: 'urls.length === 0 ? [...urls, ...urls] :',
    },
    test: {
      file: 'clients/http-client.test.ts',
      name: 'a single address is asked again when its connection closes under a read, and not when it answers 5xx',
    },
  },
  {
    promise: 'A read that one instance was too slow for has an answer from it after all where the others are gone.',
    code: { file: 'api/gateway/forward/forward.ts', text: 'tries.push(origin);', instead: 'void origin;' },
    test: {
      file: 'api/gateway/gateway.test.ts',
      name: 'one that is slow at first, beside one that is gone: a read is answered late',
    },
  },
  {
    promise: 'Who asks another service asks one that was too slow for its share again where the others are gone.',
    code: { file: 'clients/http-client.ts', text: 'tries.push(url);', instead: 'void url;' },
    test: {
      file: 'clients/http-client.test.ts',
      name: 'one that is too slow for its share has what another leaves that is away',
    },
  },
  {
    promise: 'A process that is stopped says at once that it is not ready, while it still answers.',
    code: { file: 'platform/shutdown.ts', text: 'noteStopping();', instead: 'void noteStopping;' },
    test: {
      file: 'platform/shutdown.test.ts',
      name: 'says that it is not ready as soon as it stops, while it still answers',
    },
  },
  {
    promise: 'Who follows an order through a gateway that is stopped has its stream ended in order, and asks again.',
    code: { file: 'api/gateway/forward/forward.ts', text: 'if (!ended) throw error;', instead: 'throw error;' },
    test: {
      file: 'api/gateway/gateway.test.ts',
      name: 'a gateway that stops ends event streams in order, and lets the service go',
    },
  },
  {
    promise: 'A worker that is stopped ends the step that it has begun, and takes no other.',
    code: {
      file: 'workers/run-worker.ts',
      text: 'shutdownGraceTime: longestStepMs,',
      instead: 'shutdownGraceTime: longestStepMs * 0,',
    },
    test: {
      file: 'workers/run-worker.int.test.ts',
      name: 'that is stopped ends the step that it has begun, and takes no other',
    },
  },
  {
    promise: 'A worker that fails by itself ends its process, with a code that says so.',
    code: {
      file: 'workers/run-worker.ts',
      text: 'const done = worker.run();',
      instead: 'const done = worker.run().catch(() => undefined);',
    },
    test: { file: 'workers/run-worker.int.test.ts', name: 'that fails by itself ends with an error, in order' },
  },
  {
    promise: 'A Zipkin that hangs does not keep a process from stopping.',
    code: {
      file: 'platform/telemetry/telemetry.ts',
      text: 'pause(lastSpansLimitMs,',
      instead: 'pause(lastSpansLimitMs * 99,',
    },
    test: { file: 'platform/shutdown.test.ts', name: 'stops soon where Zipkin hangs' },
  },
  {
    promise: 'A setup without the files of its migrations refuses, rather than to find the databases up to date.',
    code: {
      file: 'platform/database/migrate.ts',
      text: '(await umzug.migrations({})).length === 0',
      instead: '(await umzug.migrations({})).length < 0',
    },
    test: { file: 'platform/database/migrate.int.test.ts', name: 'is refused by its name' },
  },
  {
    promise: 'Whoever gave a wrong answer instead of the signing keys is told with its address, and left.',
    code: {
      file: 'api/http/tokens/kept-keys.ts',
      text: "{ connection: 'close' }",
      instead: "{ connection: 'keep-alive' }",
    },
    test: {
      file: 'api/http/auth.test.ts',
      name: 'is told with its address, and its sender is not asked again',
    },
  },
  {
    promise:
      'A migration gives way to those who use a table, and goes when it is free: nobody waits behind it for long.',
    code: { file: 'platform/database/migrate.ts', text: '; SET LOCAL lock_timeout = ${lockTimeoutMs}`', instead: '`' },
    test: { file: 'platform/database/migrate.int.test.ts', name: 'waits for a busy table for a short time only' },
  },
  {
    promise:
      'An index can be built while its table is used, by several setups at once, and anew where one was broken off.',
    code: {
      file: 'platform/database/migrate.ts',
      text: "SELECT pg_try_advisory_lock($1) AS locked', [lockId]",
      instead: "SELECT pg_advisory_lock($1) IS NOT NULL AS locked', [lockId]",
    },
    test: { file: 'platform/database/migrate.int.test.ts', name: 'builds an index concurrently, also when several' },
  },
];
