import { attacks } from './attacks.js';
import { change } from './change.js';
import { customers } from './customers.js';
import { events } from './events.js';
import { faults } from './faults.js';
import type { Guard } from './guard.js';
import { reconcile } from './reconcile.js';
import { money } from './money.js';
import { operators } from './operators.js';
import { providers } from './providers.js';
import { rules } from './rules.js';
import { stopping } from './stopping.js';

export interface Section {
  /** For `npm run test:guards -- <name>`. */
  name: string;
  title: string;
  guards: readonly Guard[];
}

/** In the order of docs/guarantees.md. */
export const SECTIONS: readonly Section[] = [
  { name: 'customers', title: 'Customers', guards: customers },
  { name: 'money', title: 'Money and stock', guards: money },
  { name: 'providers', title: 'Payment providers', guards: providers },
  { name: 'rules', title: "The Saga's rules", guards: rules },
  { name: 'change', title: 'Changing the Saga', guards: change },
  { name: 'operators', title: 'Operators', guards: operators },
  { name: 'events', title: 'Events and notifications', guards: events },
  { name: 'reconcile', title: 'Reconciliation', guards: reconcile },
  { name: 'attacks', title: 'Attacks', guards: attacks },
  { name: 'stopping', title: 'Stopping and starting', guards: stopping },
  { name: 'faults', title: 'Deaths', guards: faults },
];
