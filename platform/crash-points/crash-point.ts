import { rmdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Every place where a process can be made to die, by process: before and after each thing that it does outside of
 * itself. The names are those of the files that arm them, and what the report of `npm run test:faults` speaks of.
 * They stand here because every folder with a side effect may import this one.
 */
export const CRASH_POINTS = {
  gateway: {
    'forward: before': 'a request that changes something is about to be sent on',
    'forward: answered': 'the service has answered it, the caller has not heard',
  },
  'order-service': {
    'place: before the row': 'an order is priced and not written',
    'place: row written': 'an order is written, its workflow not started',
    'place: workflow started': 'the workflow is started, and whoever placed the order not answered',
    'place: before giving up': 'its caller will not wait for the decision, and that the answer is 202 is not written',
    'place: given up': 'that it is answered with 202 is written, the caller not answered',
    'cancel: before asking': 'a cancellation is checked and Temporal not asked',
    'cancel: asked': 'the workflow has taken a cancellation and not undone the order',
    'cancel: undone': 'the order is undone, the caller not answered',
    'give back: before the row': 'a refund in parts is checked, and what it asks for not written',
    'give back: before asking': 'it is written, and Temporal not asked',
    'give back: workflow started': 'its workflow is started, the operator not answered',
    'ask: before the row': "an operator's request is checked and not written down",
    'ask: row written': 'it is written down, the Saga not told',
    'ask: Saga told': 'the Saga has heard it, it is not confirmed',
    'ask: confirmed': 'it is confirmed, the operator not answered',
  },
  'order-worker': {
    'record: before': 'a step is done, its status not written',
    'record: written': 'status, timeline and events are written, Temporal not told',
    'part told: before': 'a part of a charge went back, and its order does not know',
    'part told: written': 'its refund, timeline and event are written, Temporal not told',
    'restock told: before': "a refund's goods are back in stock, and its order does not know",
    'restock told: written': 'its refund and timeline say so, Temporal not told',
    'relay: before sending': 'events are read from the outbox and not sent',
    'relay: sent': 'events are sent and not marked',
    'relay: marked': 'events are marked',
    'sweeper: before starting': 'an order without workflow is found and not started',
    'sweeper: started': 'its workflow is started, the order not marked',
    'sweeper: marked': 'the order is marked',
  },
  'inventory-worker': {
    'reserve: before': 'the lock is held, the reservation not written',
    'reserve: written': 'the reservation is written, the lock held, Temporal not told',
    'release: before': 'the lock is held, the stock not given back',
    'release: written': 'the stock is given back, the lock held, Temporal not told',
    'commit: before': 'the lock is held, the stock not committed',
    'commit: written': 'the stock is committed, the lock held, Temporal not told',
    'restock: before': 'a refund is done, the lock held, its goods not back in stock',
    'restock: written': 'its goods are back in stock, the lock held, Temporal not told',
  },
  'payment-worker': {
    'charge: before the row': 'a charge is asked for, no row written',
    'charge: row written': 'the row is written, the provider not asked',
    'charge: provider answered': 'the provider has answered, its answer not written',
    'charge: recorded': 'the answer is written, Temporal not told',
    'capture: before the row': 'what is held is to be taken, no row written',
    'capture: row written': 'the row is written, the provider not asked',
    'capture: provider answered': 'the provider has answered, its answer not written',
    'capture: recorded': 'the answer is written, Temporal not told',
    'refund: before the provider': 'a refund is asked for, the provider not asked',
    'refund: provider answered': 'the provider has answered, its answer not written',
    'refund: recorded': 'the answer is written, Temporal not told',
    'part: before the row': 'a part of a charge is to go back, no row written',
    'part: row written': 'its amount is taken, the provider not asked',
    'part: provider answered': 'the provider has answered, its answer not written',
    'part: recorded': 'the answer is written, Temporal not told',
    'payment news: Saga told': "a provider's event is told to the Saga, and not marked",
  },
  'payment-service': {
    'webhook: before the row': "a provider's event is checked and not written",
    'webhook: row written': 'it is written, the provider not answered',
  },
  'delivery-worker': {
    'delivery: before the row': 'a delivery is asked for, no row written',
    'delivery: row written': 'the row is written, the carrier not asked',
    'delivery: carrier answered': 'the carrier has answered, its answer not written',
    'delivery: recorded': 'the answer is written, Temporal not told',
    'call off: before the row': 'a calling off is asked for, nothing written or asked',
    'call off: row written': 'there is a row, the carrier not asked',
    'call off: carrier answered': 'the carrier has answered, its answer not written',
    'call off: recorded': 'the answer is written, Temporal not told',
    'carrier: before reporting': "the simulated carrier's report is due and not sent",
    'carrier: reported': 'the report is taken, and not crossed out in its plan',
  },
  'delivery-service': {
    'report: before the row': "a carrier's report is checked and not written",
    'report: row written': 'the report is written, the Saga not told',
    'report: Saga told': 'the Saga has it, the carrier not answered',
  },
  'notification-service': {
    'notify: before the row': 'an event is read, no notification written',
    'notify: before sending': 'it is written and claimed, and not handed to the mail server',
    'notify: sent': 'the mail server has it, it is not marked',
    'notify: marked': 'it is marked, the offset not committed',
    'notify: committed': 'the offset is committed',
    'bury: before sending': 'what can not be read is not among the dead letters',
    'bury: sent': 'it is among the dead letters, its offset not committed',
  },
} as const;

type Points = typeof CRASH_POINTS;

export type CrashProcess = keyof Points;

export type CrashPoint = { [Process in CrashProcess]: keyof Points[Process] }[CrashProcess];

let folder: string | undefined;

/** Called once, by whoever reads the environment: see CRASH_POINTS_DIR. undefined: no point does anything. */
export function armCrashPoints(directory: string | undefined): void {
  folder = directory;
}

/**
 * Where a test has made a folder of this name in CRASH_POINTS_DIR, takes it away and dies as of `kill -9`: once, and of
 * all processes that get here at the same time one. Without the setting, which production refuses, it does nothing.
 */
export function crashPoint(name: CrashPoint): void {
  if (folder === undefined) return;
  try {
    // Removing is what only one of several can do, and a folder is taken away only whole.
    rmdirSync(path.join(folder, name));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}
