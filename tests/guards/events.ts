import type { Guard } from './guard.js';

/** Events and notifications. */
export const events: Guard[] = [
  {
    promise: 'The events of an order are sent in their sequence: none before the one before it is with Kafka for good.',
    code: {
      file: 'platform/outbox/outbox-relay.ts',
      text: 'for (const round of inSequence(rows)) {',
      instead: 'for (const round of [[...rows].reverse(), ...inSequence([])]) {',
    },
    test: { file: 'platform/outbox/outbox-relay.int.test.ts', name: 'sends the events of an order in their sequence' },
  },
  {
    promise: 'A customer is told of an event once on each channel, however many processes have the event at once.',
    code: {
      file: 'notifications/notification-store.ts',
      text: "where: { id, status: 'PENDING', sendingAt: null },",
      instead: "where: { id, status: 'PENDING' },",
    },
    test: {
      file: 'notifications/tell-customer.int.test.ts',
      name: 'of ten at the same time one sends, after a try that did not go',
    },
  },
  {
    promise: 'What is no event holds up nobody: it goes to the dead letters at once, with what is wrong.',
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
  {
    promise:
      'A relay that is killed between sending and marking loses nothing: the next one sends it again, under the same id.',
    code: {
      file: 'platform/outbox/outbox-relay.ts',
      text: "crashPoint('relay: before sending');",
      instead: "await session.markPublished(batch);\n      crashPoint('relay: before sending');",
    },
    test: { file: 'platform/outbox/outbox-relay.int.test.ts', name: 'loses nothing: the next one sends the rest' },
  },
  {
    promise: 'A mail server that is away is waited for without end: what waits for it is no dead letter.',
    code: {
      file: 'notifications/retry-rules.ts',
      text: "'channel-away': { firstPauseMs: 1_000, longestPauseMs: 30_000, tries: Infinity,",
      instead: "'channel-away': { firstPauseMs: 1_000, longestPauseMs: 30_000, tries: 6,",
    },
    test: { file: 'notifications/retry-rules.test.ts', name: 'a channel that takes nothing is waited for' },
  },
  {
    promise: 'A mail server that does not answer, or closes for everybody, is told from one that refuses a message.',
    code: {
      file: 'notifications/channels/email-channel.ts',
      text: 'return AWAY.includes(String(code)) || responseCode === 421;',
      instead: 'return AWAY.includes(String(code)) && responseCode === 421;',
    },
    test: { file: 'notifications/tell-customer.int.test.ts', name: 'a server that closes for everybody (421) is away' },
  },
  {
    promise: 'A mail that may have gone is never sent again by itself.',
    code: {
      file: 'notifications/channels/email-channel.ts',
      text: 'if (!begun || wasRefused(error))',
      instead: 'if (begun || wasRefused(error) || error)',
    },
    test: { file: 'notifications/tell-customer.int.test.ts', name: 'the connection lost after the message' },
  },
  {
    promise:
      'A message that is refused each time goes to the dead letters after a bounded number of tries, and comes from there when it can.',
    code: {
      file: 'notifications/retry-rules.ts',
      text: 'if (tries >= rule.tries || elapsedMs >= rule.withinMs)',
      instead: 'if (elapsedMs >= rule.withinMs)',
    },
    test: {
      file: 'notifications/notifications.int.test.ts',
      name: 'a mail that is refused each time ends among the dead letters',
    },
  },
  {
    promise: 'The tries of a message are bounded also where its group is formed anew between them.',
    code: {
      file: 'notifications/kafka/handle-message.ts',
      text: 'if (!partitions[topic]?.includes(Number(partition))) attempts.delete(key);',
      instead: 'if (!partitions[topic]?.includes(Number(partition) + 1)) attempts.delete(key);',
    },
    test: {
      file: 'notifications/kafka/handle-message.test.ts',
      name: 'the tries of a message are bounded, also where its group is formed anew',
    },
  },
  {
    promise: 'An event that the notification database refuses to keep becomes a dead letter, and holds up nobody.',
    code: {
      file: 'notifications/kafka/handle-message.ts',
      text: "if (refusal !== undefined)\n      return { done: false, hindrance: 'not-kept',",
      instead: "if (refusal === 'none')\n      return { done: false, hindrance: 'not-kept',",
    },
    test: { file: 'notifications/notifications.int.test.ts', name: 'an event that the database refuses to keep ends' },
  },
  {
    promise: 'A claim of which we never heard whether it stands sends nothing: it is given back, and its mail is sent.',
    code: {
      file: 'notifications/tell-customer.ts',
      text: 'unwritten.set(key, undo);',
      instead: 'void undo;',
    },
    test: {
      file: 'notifications/tell-customer.int.test.ts',
      name: 'a claim of what is new, of which we never heard, sends nothing and is given back',
    },
  },
  {
    promise: 'A mail that certainly did not go is sent later, also where that could not be written down.',
    code: {
      file: 'notifications/tell-customer.ts',
      text: 'if (left !== undefined) await write(key, left);',
      instead: '',
    },
    test: {
      file: 'notifications/tell-customer.int.test.ts',
      name: 'a mail that certainly did not go is sent later, also where that could not be written down',
    },
  },
  {
    promise:
      'A consumer that stands still without an error is noticed within two minutes, counted, and left for a new one.',
    code: {
      file: 'notifications/kafka/consumer.ts',
      text: 'Promise.race([read(), broken, stalled,',
      instead: 'Promise.race([read(), broken, stalled.then(() => broken),',
    },
    test: {
      file: 'notifications/kafka/consumer.int.test.ts',
      name: 'a consumer that stalls without an error is noticed',
    },
  },
  {
    promise: 'A relay whose Kafka client stands still without an error leaves it for a new one.',
    code: {
      file: 'platform/within.ts',
      text: 'return await Promise.race([work, limit]);',
      instead: 'return await Promise.race([work, limit.catch(() => work)]);',
    },
    test: {
      file: 'platform/outbox/outbox-relay.int.test.ts',
      name: 'leaves a Kafka client that stands still without an error',
    },
  },
  {
    promise: 'A dead letter stays until it is sent again, however long that takes.',
    code: {
      file: 'platform/kafka.ts',
      text: 'for (const topic of kept) await keepForEver(admin, topic);',
      instead: 'for (const topic of kept.slice(1)) await keepForEver(admin, topic);',
    },
    test: { file: 'platform/kafka-topics.int.test.ts', name: 'a topic that was made otherwise is kept from now on' },
  },
  {
    promise: 'A dead letter is sent again once, however often that is asked for.',
    code: {
      file: 'notifications/dead-letters/dead-letters.ts',
      text: 'await producer.send({ topic: deadLetterTopic, acks: -1, messages: [noteThatSentAgain(letter)] });',
      instead: 'noteThatSentAgain(letter);',
    },
    test: { file: 'notifications/notifications.int.test.ts', name: 'are listed, shown and sent again one by one' },
  },
  {
    promise: 'While Kafka is down events wait in the outbox, and none is lost.',
    code: {
      file: 'platform/outbox/outbox-relay.ts',
      text: 'await within(sendLimitMs, publisher.publish(batch), silentFor(sendLimitMs));',
      instead: 'await within(sendLimitMs, publisher.publish(batch), silentFor(sendLimitMs)).catch(() => undefined);',
    },
    test: {
      file: 'platform/outbox/outbox-relay.int.test.ts',
      name: 'waits for a Kafka that is not there, says so once, and loses nothing',
    },
  },
  {
    promise: 'A backlog of events, however big, is sent in batches that Kafka takes.',
    code: {
      file: 'platform/outbox/event-publisher.ts',
      text: 'if (batch !== undefined && bytes <= left) batch.push(row);',
      instead: 'if (batch !== undefined) batch.push(row);',
    },
    test: {
      file: 'platform/outbox/outbox-relay.int.test.ts',
      name: 'sends a backlog of big orders, which Kafka would not take as one batch',
    },
  },
  {
    promise: 'An event that Kafka refuses for good holds up those of its own order alone.',
    code: {
      file: 'platform/outbox/outbox-relay.ts',
      text: 'if (refusal === undefined || row === undefined) throw error;',
      instead: 'if (row === undefined || refusal !== row.subject) throw error;',
    },
    test: {
      file: 'platform/outbox/outbox-relay.int.test.ts',
      name: 'holds up its own order alone, is told of again and again',
    },
  },
  {
    promise: 'It is told of again and again, counted, and goes as soon as Kafka takes it.',
    code: {
      file: 'platform/outbox/event-publisher.ts',
      text: 'if (held.size > 0 && Date.now() >= againAt) {',
      instead: 'if (held.size > 1e6 && Date.now() >= againAt) {',
    },
    test: {
      file: 'platform/outbox/outbox-relay.int.test.ts',
      name: 'holds up its own order alone, is told of again and again',
    },
  },
  {
    promise: 'What the relay or the sweeper waits for is told again for as long as it waits, not only when it begins.',
    code: {
      file: 'platform/loop.ts',
      text: 'const isNews = failures === 1 || Date.now() >= saidAt + toldAgainMs;',
      instead: 'const isNews = failures === 1;',
    },
    test: { file: 'platform/loop.test.ts', name: 'tells of a failure when it begins, and again and again' },
  },
  {
    promise: 'A step that is written down twice, late or after a reset tells its events once.',
    code: {
      file: 'services/order/progress-store.ts',
      text: '!eventIds.includes(eventIdOf(orderId, topic, refund?.id)) &&',
      instead: '',
    },
    test: {
      file: 'services/order/progress-store.int.test.ts',
      name: 'changes nothing when a step comes twice, late, or all of them again after a reset',
    },
  },
  {
    promise: "An order's events are numbered without a hole or a double, also when steps are written down at once.",
    code: { file: 'services/order/progress-store.ts', text: ' AND xmin::text = ${row.rowVersion}', instead: '' },
    test: {
      file: 'services/order/progress-store.int.test.ts',
      name: 'leaves no hole and no double when the same steps come at the same time',
    },
  },
  {
    promise:
      'What a reset tells again of an order is not sent a second time, also when its events were pruned long ago.',
    code: {
      file: 'services/order/progress-store.ts',
      text: '(!eventsPruned || refund !== undefined) &&',
      instead: '(!eventsPruned || refund === undefined) &&',
    },
    test: { file: 'services/order/prunable.int.test.ts', name: 'none of it is sent a second time' },
  },
  {
    promise: 'No event of an order on its way is pruned, however old.',
    code: {
      file: 'services/order/prunable.ts',
      text: "AND orders.status IN ('COMPLETED', 'CANCELLED') ",
      instead: '',
    },
    test: { file: 'services/order/prunable.int.test.ts', name: 'none of an order on its way' },
  },
  {
    promise: 'A customer is told of no event again because its notification was pruned.',
    code: {
      file: 'notifications/tell-customer.ts',
      text: 'Date.now() - Date.parse(event.time) >= keptForMs;',
      instead: 'Date.now() - Date.parse(event.time) >= keptForMs * 1_000;',
    },
    test: {
      file: 'notifications/tell-customer.int.test.ts',
      name: 'goes when it was sent, and Kafka has its event again',
    },
  },
  {
    promise: 'What was given up is not pruned: its dead letter can be sent again, however old.',
    code: {
      file: 'notifications/prunable.ts',
      text: "status = 'SENT'",
      instead: "status <> 'PENDING'",
    },
    test: { file: 'notifications/tell-customer.int.test.ts', name: 'it stays, and its dead letter can be sent again' },
  },
  {
    promise:
      'A mail of which nobody knows whether it went is a dead letter, and sent again only where somebody gives its id.',
    code: {
      file: 'notifications/dead-letters/dead-letters.ts',
      text: "ids === 'all' ? !mayHaveGone(letter) : ids.includes(letter.id)",
      instead: "ids === 'all' || ids.includes(letter.id)",
    },
    test: {
      file: 'notifications/notifications.int.test.ts',
      name: 'a mail that may have gone is a dead letter, which is sent again only by its id',
    },
  },
  {
    promise: 'Who asks for a mail that may have gone gets one try, also when that is lost and its message read again.',
    code: {
      file: 'notifications/notification-store.ts',
      text: '{ sendingAt: { lte: evenIfSentBy } }',
      instead: '{ sendingAt: { not: null } }',
    },
    test: {
      file: 'notifications/tell-customer.int.test.ts',
      name: 'an operator who wants what may have gone gets one try, also when that is lost and read again',
    },
  },
  {
    promise: 'A topic that the setup makes has as many copies as is set, whatever the broker says of others.',
    code: {
      file: 'platform/kafka.ts',
      text: 'replication === undefined ? {} : { replicationFactor: replication }',
      instead: 'replication !== 1 ? {} : { replicationFactor: replication }',
    },
    test: {
      file: 'platform/kafka-topics.int.test.ts',
      name: 'topics that are missing are made, those that are to be kept',
    },
  },
];
