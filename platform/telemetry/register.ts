import { register } from 'node:module';
import type { IncomingMessage } from 'node:http';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import { startTelemetry } from './telemetry.js';

// Entry of `node --import`: ES modules are only instrumented when this hook is there before they are loaded.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const quiet = /^\/(healthz|readyz|metrics)(\?|$)/;

startTelemetry({
  serviceName: process.env['SERVICE_NAME'] ?? 'holdfast',
  zipkinUrl: process.env['ZIPKIN_URL'] || undefined,
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: (request: IncomingMessage) => quiet.test(request.url ?? ''),
      requireParentforOutgoingSpans: true,
    }),
    new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER] }),
    new UndiciInstrumentation({ requireParentforSpans: true }),
    new IORedisInstrumentation({ requireParentSpan: true }),
    new KafkaJsInstrumentation(),
    new PrismaInstrumentation(),
  ],
});
