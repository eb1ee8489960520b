import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Logger } from '../platform/logger.js';

const STATES = ['closed', 'open', 'half-open'] as const;

export type BreakerState = (typeof STATES)[number];

/** Told of each change; `reason`: the failure that opened it. */
export type BreakerObserver = (state: BreakerState, reason?: string) => void;

/** Shows a breaker in the process's metrics and log: `name` is the service that it stands before. */
export function observeBreaker(
  name: string,
  { logger, registry }: { logger: Logger; registry: Registry },
): BreakerObserver {
  const current = new Gauge({
    name: 'circuit_breaker_state',
    help: '1 for the state that the circuit breaker is in, 0 for the others',
    labelNames: ['breaker', 'state'],
    registers: [registry],
  });
  // A trial is over before anybody reads the state, so changes are counted too.
  const changes = new Counter({
    name: 'circuit_breaker_changes_total',
    help: 'How often the circuit breaker came into a state',
    labelNames: ['breaker', 'state'],
    registers: [registry],
  });
  const show = (state: BreakerState): void => {
    for (const each of STATES) current.set({ breaker: name, state: each }, each === state ? 1 : 0);
  };
  show('closed');
  for (const state of STATES) changes.inc({ breaker: name, state }, 0);
  return (state, reason) => {
    show(state);
    changes.inc({ breaker: name, state });
    logger[state === 'open' ? 'warn' : 'info']({ breaker: name, reason }, `circuit breaker ${state}`);
  };
}
