import { register } from 'node:module';
import type { IncomingMessage } from 'node:http';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import { register as registerHook, supportsSyncHooks } from 'import-in-the-middle/register-hooks.mjs';
import { z } from 'zod';
import { readEnv, telemetrySettings } from '../env.js';
import { startTelemetry } from './telemetry.js';

// Wrapping every module instead would double the time that a process takes to start.
const instrumented = ['express', 'ioredis', 'kafkajs', '@prisma/client', 'node:http', 'node:https'];

// Entry of `node --import`: ES modules are only instrumented when this hook is there before they are loaded. Where Node can,
// in this thread: one for the hook alone takes longer to start, and Node 26 warns of it.
if (supportsSyncHooks()) registerHook({ include: instrumented });
else register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, { data: { include: instrumented } });

const quiet = /^\/(healthz|readyz|metrics)(\?|$)/;

const { ZIPKIN_URL, OTLP_URL, TRACES_SAMPLED } = readEnv(z.object(telemetrySettings));
const serviceName = process.env['SERVICE_NAME'] ?? 'holdfast';

startTelemetry({
  serviceName,
  calledFrom: serviceName === 'gateway' ? 'outside' : 'our own',
  zipkinUrl: ZIPKIN_URL,
  otlpUrl: OTLP_URL,
  sampled: TRACES_SAMPLED,
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: ({ method, url }: IncomingMessage) => method === 'GET' && quiet.test(url ?? ''),
      requireParentforOutgoingSpans: true,
    }),
    // For the route in the names of HTTP spans; spans of its own would say nothing new.
    new ExpressInstrumentation({ ignoreLayersType: Object.values(ExpressLayerType) }),
    new UndiciInstrumentation({ requireParentforSpans: true }),
    // The command alone: keys and values may name a person.
    new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
    new KafkaJsInstrumentation(),
    new PrismaInstrumentation({
      ignoreSpanTypes: [/^prisma:client:(operation|serialize|compile|connect|disconnect|load_engine)$/],
    }),
  ],
});
