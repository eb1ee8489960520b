import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import { serviceOf, type AttentionStep } from '../../contracts/saga-steps.js';
import type { ServiceName } from '../../contracts/services.js';

/** How a step ended. `attempts` counts how often the Saga asked for it; the server's own retries are within one. */
export function stepEntry(
  step: AttentionStep,
  outcome: TimelineEntry['outcome'],
  attempts: number,
  detail?: string,
): TimelineEntry {
  return entry(step, `${serviceOf(step)}-service`, outcome, attempts, detail);
}

/** Something that happened to the order, once. */
export function eventEntry(
  step: TimelineEntry['step'],
  service: ServiceName,
  outcome: TimelineEntry['outcome'],
  detail?: string,
): TimelineEntry {
  return entry(step, service, outcome, 1, detail);
}

function entry(
  step: TimelineEntry['step'],
  service: ServiceName,
  outcome: TimelineEntry['outcome'],
  attempts: number,
  detail?: string,
): TimelineEntry {
  return { key: step, step, service, outcome, attempts, ...(detail !== undefined && { detail }) };
}
