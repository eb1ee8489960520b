import { z } from 'zod';
import type { ServiceName } from '../services.js';
import type { Operations } from './operation.js';

const aliveSchema = z.object({ status: z.literal('alive') });
const readySchema = z.object({ status: z.literal('ready') });
const notReadySchema = z.object({
  status: z.literal('not ready'),
  missing: z.array(z.object({ name: z.string() })),
});

/** What each process answers about itself, on its own port. */
export const processOperations = (service: ServiceName) => {
  const common = { service, tag: 'The process itself', method: 'get', access: 'without-token' } as const;
  return {
    getHealth: {
      ...common,
      path: '/healthz',
      summary: 'Whether it is alive',
      answers: { 200: { description: 'It is.', schema: aliveSchema } },
    },
    getReadiness: {
      ...common,
      path: '/readyz',
      summary: 'Whether it has all that it needs',
      answers: {
        200: { description: 'It has.', schema: readySchema },
        503: { description: 'What is missing, by name.', schema: notReadySchema },
      },
    },
    // The gateway's are at a port apart.
    ...(service !== 'gateway' && {
      getMetrics: {
        ...common,
        path: '/metrics',
        summary: 'Its metrics',
        answers: { 200: { description: 'Prometheus text.', schema: z.string(), contentType: 'text/plain' } },
      },
    }),
    getDocument: {
      ...common,
      path: '/openapi.json',
      summary: 'This document',
      answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
    },
  } as const satisfies Operations;
};
