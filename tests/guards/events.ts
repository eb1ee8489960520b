import type { Guard } from './guard.js';

/** Events and notifications. */
export const events: Guard[] = [
  {
    promise: 'The events of an order are sent in their sequence: none before the one before it is with Kafka for good.',
    code: {
      file: 'workers/outbox-relay.ts',
      text: 'for (const round of inSequence(rows)) {',
      instead: 'for (const round of [[...rows].reverse(), ...inSequence([])]) {',
    },
    test: { file: 'workers/outbox-relay.int.test.ts', name: 'sends the events of an order in their sequence' },
  },
  {
    promise: 'A customer is told of an event once on each channel, however many processes have the event at once.',
    code: {
      file: 'notifications/notification-store.ts',
      text: "where: { id, status: 'PENDING', sendingAt: null },",
      instead: "where: { id, status: 'PENDING' },",
    },
    test: { file: 'notifications/tell-customer.int.test.ts', name: 'of ten at the same time one sends' },
  },
  {
    promise: 'What is no order event holds up nobody: it goes to the dead letters at once, with what is wrong.',
    code: {
      file: 'notifications/kafka/handle-message.ts',
      text: 'if (event instanceof UnfitEvent) {',
      instead: 'if (event instanceof UnfitEvent) throw event;\n      if (event instanceof UnfitEvent) {',
    },
    test: {
      file: 'notifications/notifications.int.test.ts',
      name: 'what is no event goes to the dead letters at once',
    },
  },
];
