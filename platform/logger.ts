import { propagation, trace } from '@opentelemetry/api';
import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger } from 'pino';

export interface LoggerSettings {
  service: string;
  level: string;
}

const secrets = [
  'password',
  'authorization',
  'cookie',
  'accessToken',
  'refreshToken',
  'token',
  'secret',
  'clientSecret',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRETS',
];

/**
 * JSON lines with time, level, service, message, traceId, spanId and, where a child or the baggage names one, orderId.
 * Give ids, amounts and codes to it, never a person's data.
 */
export function createLogger({ service, level }: LoggerSettings, destination?: DestinationStream): Logger {
  const naming = new WeakSet<Logger>();
  return pino(
    {
      level,
      messageKey: 'message',
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]), censor: '[redacted]' },
      // A child that has an order id of its own must not get a second one from the baggage: JSON keys would repeat.
      onChild: (child) => {
        if ('orderId' in child.bindings()) naming.add(child);
      },
      mixin: (merge, _level, logger) => currentIds('orderId' in merge || naming.has(logger)),
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

function currentIds(orderNamed: boolean): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  const orderId = orderNamed ? undefined : propagation.getActiveBaggage()?.getEntry('orderId')?.value;
  return {
    ...(span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }),
    ...(orderId === undefined ? {} : { orderId }),
  };
}
