import type { Guard } from './guard.js';

const REPORT = 'api/payment/routes/report-payment.int.test.ts';
const NEWS = 'workers/payment-news.int.test.ts';
const CAPTURES = 'services/payment/capture-order.int.test.ts';
const HAND_OVER = 'workflows/order/hand-over.int.test.ts';

/** Money and stock. */
export const money: Guard[] = [
  {
    promise: 'A refund that was begun goes on until the provider has answered, however long it is away.',
    code: {
      file: 'workflows/order/refund-part.ts',
      text: 'retry: retryPolicyOf(STEP_RETRY),',
      instead: 'retry: { ...retryPolicyOf(STEP_RETRY), maximumAttempts: 2 },',
    },
    test: {
      file: 'api/order/refund-order.int.test.ts',
      name: 'is answered with 202 while the provider is away, and goes on',
    },
  },
  {
    promise: 'Each refund that an operator asked for is told to its order and its customer once it has gone back.',
    code: {
      file: 'workflows/order/refund-part.ts',
      text: "if (answer.outcome === 'refunded') await",
      instead: "if (answer.outcome === 'refunded' && request.amount < 0) await",
    },
    test: {
      file: 'api/order/refund-order.int.test.ts',
      name: 'is told of by the order and its timeline, with who and why for admins, and in the audit log: once',
    },
  },
  {
    promise: 'Several refunds of one order are several events: the id of each holds the id of its refund.',
    code: {
      file: 'services/order/domain/order-event.ts',
      text: 'id: eventIdOf(order.id, topic, refund?.id),',
      instead: 'id: eventIdOf(order.id, topic),',
    },
    test: {
      file: 'services/order/progress-store.int.test.ts',
      name: 'stands in the order and its timeline, and each is an event, in sequence, however often they are told',
    },
  },
  {
    promise: 'A refund is told once, also when it is told again after its event was pruned.',
    code: {
      file: 'services/order/progress-store.ts',
      text: 'if (order.refunds.length > 0) return { isNew: false, currency };',
      instead: '',
    },
    test: {
      file: 'services/order/prunable.int.test.ts',
      name: 'a refund of an order whose events were pruned is told, and once, also when its own event is gone',
    },
  },
  {
    promise: 'A part of a charge that the provider has no answer to keeps a repair from none of the others.',
    code: {
      file: 'activities/payment/payment-activities.ts',
      text: "return 'unanswered';",
      instead: 'throw error;',
    },
    test: {
      file: 'activities/payment/payment-activities.int.test.ts',
      name: 'asks for each part that hangs, also where the provider has no answer to one, and tells of all',
    },
  },
  {
    promise:
      'Of more goods than were delivered and are not back yet none go back to stock, and no money is given back.',
    code: {
      file: 'workflows/order/refund-part.ts',
      text: 'if (short) return',
      instead: 'if (short && request.amount < 0) return',
    },
    test: {
      file: 'api/order/refund-order.int.test.ts',
      name: 'of more than was delivered is refused before any money goes back',
    },
  },
  {
    promise: 'Goods go back to stock only of what was delivered.',
    code: {
      file: 'services/inventory/restock.ts',
      text: 'WHERE sold.status = ${SOLD} AND sold.restocked',
      instead: 'WHERE sold.status <> ${SOLD.toLowerCase()} AND sold.restocked',
    },
    test: {
      file: 'services/inventory/stock-store.int.test.ts',
      name: 'is for what was delivered alone: not for what is held, came back, or was never reserved',
    },
  },
  {
    promise: 'However many restocks come at once, no more goes back to stock than was delivered, and each counts once.',
    code: {
      file: 'services/inventory/restock.ts',
      text: 'ON CONFLICT (operation_id, product_id) DO NOTHING',
      instead: '',
    },
    test: {
      file: 'services/inventory/stock-races.int.test.ts',
      name: 'of many restocks at once no more comes back than was delivered, and each counts once',
    },
  },
  {
    promise: 'A restock reckons from what others may just have taken back, not from what it first saw.',
    code: {
      file: 'services/inventory/restock.ts',
      text: ' ORDER BY product_id FOR UPDATE OF reservations',
      instead: '',
    },
    test: {
      file: 'services/inventory/stock-races.int.test.ts',
      name: 'of many restocks at once no more comes back than was delivered, and each counts once',
    },
  },
  {
    promise: 'What went back to stock by restocks does not go back again when the rest is returned.',
    code: {
      file: 'services/inventory/stock-store.ts',
      text: 'reservations.quantity - reservations.restocked AS quantity',
      instead: 'reservations.quantity',
    },
    test: {
      file: 'services/inventory/stock-store.int.test.ts',
      name: 'is no part of what a return puts back',
    },
  },
  {
    promise: 'A refund under one Idempotency-Key that is asked for again with other goods for stock is refused.',
    code: {
      file: 'api/order/routes/refund-order.ts',
      text: 'operationId, restock }))) throw',
      instead: 'operationId, restock })) && amount < 0) throw',
    },
    test: {
      file: 'api/order/refund-order.int.test.ts',
      name: 'asked for again is the same, and with other goods it is another',
    },
  },
  {
    promise: 'A repair of many parts of a charge leaves connections to the charges of other orders.',
    code: {
      file: 'activities/payment/payment-activities.ts',
      text: 'const ASKED_AT_ONCE = 10;',
      instead: 'const ASKED_AT_ONCE = 1_000;',
    },
    test: {
      file: 'activities/payment/payment-activities.int.test.ts',
      name: 'asks for ten at once, however many there are: charges need connections, too',
    },
  },
  {
    promise: 'A refund under one Idempotency-Key is one refund; another body under it is refused.',
    code: {
      file: 'services/order/order-identity.ts',
      text: 'sha256(`${orderId}:${idempotencyKey}`)',
      instead: 'sha256(`${orderId}:${idempotencyKey}:${Math.random()}`)',
    },
    test: { file: 'api/order/refund-order.int.test.ts', name: 'is the same one under the same Idempotency-Key' },
  },
  {
    promise: 'However many give parts of a charge back at once, never more goes back than was charged.',
    code: {
      file: 'services/payment/payment-store.ts',
      text: ' AND refunded_in_parts + ${amount} <= amount`',
      instead: '`',
    },
    test: {
      file: 'services/payment/refund-part.int.test.ts',
      name: 'of many at once no more goes back than was charged',
    },
  },
  {
    promise: 'An undo gives back what is left of a charge, and our books say so, also by parts that are refused later.',
    code: {
      file: 'services/payment/prisma/migrations/0005-refunds-of-something.sql',
      text: "'REFUND', NEW.amount - NEW.refunded_in_parts,",
      instead: "'REFUND', NEW.amount,",
    },
    test: { file: 'services/payment/refund-part.int.test.ts', name: 'is no part of what an undo gives back' },
  },
  {
    promise: 'A part of a charge whose answer was lost is asked for at the provider before it is given back again.',
    code: {
      file: 'services/payment/refund-part.ts',
      text: 'const entries = first ? []',
      instead: 'const entries = first || operationId ? []',
    },
    test: {
      file: 'services/payment/refund-part.int.test.ts',
      name: 'whose answer was lost is found, also where the provider has forgotten its key',
    },
  },
  {
    promise:
      'A charge whose outcome is not known is asked for at the provider, by the key of its order, before it is made again.',
    code: {
      file: 'services/payment/charge-order.ts',
      text: 'const known = firstAttempt ? undefined',
      instead: 'const known = firstAttempt || orderId ? undefined',
    },
    test: {
      file: 'services/payment/payment-deaths.int.test.ts',
      name: 'an attempt whose answer was lost is found, also where the provider has forgotten its key',
    },
  },
  {
    promise: 'A charge that lands while its order is undone is given back by the step that made it.',
    code: {
      file: 'services/payment/charge-order.ts',
      text: "if (answer.outcome !== 'declined' && !isThere) return calledOff(service, order);",
      instead: '',
    },
    test: {
      file: 'activities/payment/payment-activities.int.test.ts',
      name: 'gives the money back by hand where the provider has no voiding and charges all the same',
    },
  },
  {
    promise: 'A charge that landed after its order was undone is found and refunded by whichever step comes next.',
    code: {
      file: 'services/payment/charge-order.ts',
      text: "if (payment.state === 'VOIDED') return calledOff(service, order);",
      instead: '',
    },
    test: {
      file: 'services/payment/payment-deaths.int.test.ts',
      name: 'a charge that landed after its order was undone is refunded by the next',
    },
  },
  {
    promise: 'A provider that does not answer fails the step in time, to be tried again.',
    code: {
      file: 'services/payment/payment-provider.ts',
      text: 'return await policy.execute(call);',
      instead: 'void policy;\n      return await call();',
    },
    test: {
      file: 'activities/payment/payment-activities.int.test.ts',
      name: 'fails rather than to wait for a provider that does not answer',
    },
  },
  {
    promise: 'Stock that is released before it is reserved is marked, and the late reservation refuses.',
    code: {
      file: 'services/inventory/stock-store.ts',
      text: 'if (await markReleased(prisma, orderId, ordered))',
      instead: 'if (ordered.length > 0 || (await markReleased(prisma, orderId, ordered)))',
    },
    test: {
      file: 'services/inventory/stock-store.int.test.ts',
      name: 'before the reservation it leaves a mark that makes the reservation refuse',
    },
  },
  {
    promise: 'A delivery that is called off before it was started is never booked.',
    code: {
      file: 'services/delivery/start-delivery.ts',
      text: "if (delivery.state !== 'PENDING') return decided(delivery, false);",
      instead: '',
    },
    test: {
      file: 'activities/delivery/delivery-activities.int.test.ts',
      name: 'leaves a mark where nothing was started, so that a late start refuses',
    },
  },
  {
    promise: 'Of a hundred buyers of the last unit one gets it, with the lock or without: the database decides.',
    code: {
      file: 'services/inventory/stock-store.ts',
      text: 'ORDER BY product_id FOR UPDATE\n    ), checked AS (',
      instead: 'ORDER BY product_id\n    ), checked AS (',
    },
    test: {
      file: 'services/inventory/stock-races.int.test.ts',
      name: 'of a hundred buyers of the last unit at once one gets it',
    },
  },
  {
    promise: 'Stock moves only with its reservation, and each reservation moves once.',
    code: {
      file: 'services/inventory/stock-store.ts',
      text: 'AND status = ${from}',
      instead: 'AND (status = ${from} OR true)',
    },
    test: {
      file: 'services/inventory/stock-races.int.test.ts',
      name: 'commit and release at once: sold or given back, and what was sold came back',
    },
  },
  {
    promise: 'Redis that is down costs no order: the step goes on without the lock.',
    code: {
      file: 'activities/inventory/stock-lock.ts',
      text: 'if (!(error instanceof LockUnavailable)) throw error;',
      instead: 'if (!(error instanceof LockUnavailable) || lines.length > 0) throw error;',
    },
    test: {
      file: 'activities/inventory/inventory-activities.int.test.ts',
      name: 'with Redis down the database alone holds, and the outage is told once',
    },
  },
  {
    promise: 'Redis that hangs makes one step wait for its answer, not each in turn.',
    code: {
      file: 'platform/lock/redis-lock.ts',
      text: 'await health.ask(key, () => lockKey(redis, key, leaseMs))',
      instead: 'await lockKey(redis, key, leaseMs)',
    },
    test: {
      file: 'platform/lock/redis-lock.int.test.ts',
      name: 'says soon that Redis has stopped answering',
    },
  },
  {
    promise: 'The lock is used again when Redis is back, also where its old connection was never closed.',
    code: { file: 'platform/redis.ts', text: 'socketTimeout: 4 * commandTimeoutMs,', instead: '' },
    test: {
      file: 'activities/inventory/redis-away.int.test.ts',
      name: 'a connection that is dead without having been closed is left for a new one',
    },
  },
  {
    promise:
      "Each charge carries its order's key: however often and concurrently it is asked for, the provider charges once.",
    code: {
      file: 'services/payment/charge-order.ts',
      text: 'return provider.charge({ idempotencyKey: orderId,',
      instead: 'return provider.charge({ idempotencyKey: `${orderId} ${Math.random()}`,',
    },
    test: {
      file: 'activities/payment/payment-activities.int.test.ts',
      name: 'charges once when it runs many times at once',
    },
  },
  {
    promise: 'An undo that comes before its charge leaves a mark, and the late charge is refused.',
    code: {
      file: 'services/payment/undo-charge.ts',
      text: 'await store.recordVoid(order)',
      instead: '{ ...(await store.open(order)), back: 0 }',
    },
    test: {
      file: 'activities/payment/payment-activities.int.test.ts',
      name: 'leaves a mark where nothing was charged, so that a late charge refuses',
    },
  },
  {
    promise: 'A reservation that is tried many times at once is one row for each product.',
    code: {
      file: 'services/inventory/stock-store.ts',
      text: 'ON CONFLICT (order_id, product_id) DO NOTHING',
      instead: '',
    },
    test: {
      file: 'services/inventory/stock-races.int.test.ts',
      name: 'the same order tried many times at once is one reservation',
    },
  },
  {
    promise:
      'Of orders that are reserved together, by several workers at once and with or without Redis, none has what another has.',
    code: {
      file: 'services/inventory/reserve-together.ts',
      text: 'WHERE product_id = ${productId} FOR UPDATE',
      instead: 'WHERE product_id = ${productId}',
    },
    test: {
      file: 'services/inventory/reserve-together.int.test.ts',
      name: 'of several at once that want more than there is',
    },
  },
  {
    promise: 'Of orders that are reserved together each has what those before it left, and is refused only for itself.',
    code: {
      file: 'services/inventory/reserve-together.ts',
      text: 'THEN wanted ELSE 0 END',
      instead: 'THEN wanted ELSE decided.available - decided.granted END',
    },
    test: {
      file: 'services/inventory/reserve-together.int.test.ts',
      name: 'each has what those before it left',
    },
  },
  {
    promise:
      'An order that is decided elsewhere while it waits to be reserved with others takes nothing from those behind it.',
    code: {
      file: 'services/inventory/reserve-together.ts',
      text: 'RETURNING order_id, product_id, quantity, status, available',
      instead: 'ON CONFLICT DO NOTHING RETURNING order_id, product_id, quantity, status, available',
    },
    test: {
      file: 'services/inventory/reserve-together.int.test.ts',
      name: 'an order that somebody else writes down meanwhile',
    },
  },
  {
    promise: 'An order that can not be reserved fails none of those that wait with it.',
    code: {
      file: 'activities/inventory/reservation-groups.ts',
      text: 'if (refusalByDatabase(error) === undefined) throw error;',
      instead: 'if (refusalByDatabase(error) !== null) throw error;',
    },
    test: {
      file: 'activities/inventory/reservation-groups.int.test.ts',
      name: 'an order that can not be written fails alone',
    },
  },
  {
    promise: 'Orders that wait for one product in one worker wait for its lock once.',
    code: { file: 'activities/inventory/reservation-groups.ts', text: 'gathering.set(productId, group);', instead: '' },
    test: {
      file: 'activities/inventory/reservation-groups.int.test.ts',
      name: 'are reserved under one lock, and written by one statement',
    },
  },
  {
    promise: 'However many orders wait for one product, at most fifty are reserved by one statement.',
    code: {
      file: 'activities/inventory/reservation-groups.ts',
      text: 'group.requests.size >= MOST_IN_A_GROUP',
      instead: 'group.requests.size >= 99 * MOST_IN_A_GROUP',
    },
    test: {
      file: 'activities/inventory/reservation-groups.int.test.ts',
      name: 'a group has its bound',
    },
  },
  {
    promise: 'An order that comes while others are reserved together is reserved with the next ones.',
    code: {
      file: 'activities/inventory/reservation-groups.ts',
      text: 'close();\n      return',
      instead: 'return',
    },
    test: {
      file: 'activities/inventory/reservation-groups.int.test.ts',
      name: 'a group has its bound, and who comes while one is written is in the next',
    },
  },
  {
    promise: 'A step waits for the stock lock for 5 s, then fails to be tried again.',
    code: { file: 'activities/inventory/stock-lock.ts', text: 'waitMs: 5_000', instead: 'waitMs: 500' },
    test: {
      file: 'activities/inventory/inventory-activities.int.test.ts',
      name: 'held by another: each step waits its 5 s and fails to be tried again',
    },
  },
  {
    promise: 'A holder that stands still is overtaken after a lease of 3 s, and takes nothing that is not there.',
    code: { file: 'activities/inventory/stock-lock.ts', text: 'leaseMs: 3_000', instead: 'leaseMs: 30_000' },
    test: {
      file: 'activities/inventory/stalled-holder.int.test.ts',
      name: 'a holder that stands still past its lease is overtaken',
    },
  },
  {
    promise: 'Work that outlives its lease holds up nobody of its own process either.',
    code: {
      file: 'platform/lock/redis-lock.ts',
      text: 'setTimeout(endTurn, times.leaseMs)',
      instead: 'setTimeout(() => undefined, times.leaseMs)',
    },
    test: { file: 'platform/lock/redis-lock.int.test.ts', name: 'whose key the first then leaves alone' },
  },
  {
    promise: 'Each step that went on without the lock is counted.',
    code: { file: 'activities/inventory/stock-lock.ts', text: "steps.inc({ outcome: 'bypassed' });", instead: '' },
    test: { file: 'activities/inventory/redis-away.int.test.ts', name: 'costs no order; it is told and counted' },
  },
  {
    promise: "A payment provider's event is answered with 200 only once it is written down.",
    code: {
      file: 'api/payment/routes/report-payment.ts',
      text: 'const isNew = await inbox.receive(',
      instead: "const isNew = provider !== '' || await inbox.receive(",
    },
    test: { file: REPORT, name: 'is not answered with 200 where it is not written' },
  },
  {
    promise: "A payment provider's event that comes again is the one that is there.",
    code: { file: 'services/payment/event-inbox.ts', text: 'skipDuplicates: true', instead: 'skipDuplicates: false' },
    test: { file: REPORT, name: 'is written once, however often it comes' },
  },
  {
    promise: 'What a payment provider says of a charge of ours that nobody here understands is kept.',
    code: {
      file: 'services/payment/simulator/provider-events.ts',
      text: 'chargeKey: id.optional().catch(undefined)',
      instead: 'chargeKey: id',
    },
    test: { file: REPORT, name: 'and tells of it once' },
  },
  {
    promise:
      'An order that waits to be paid is told at once when its payment provider has news, and never what they are.',
    code: { file: 'workers/payment-news.ts', text: 'saga.signal(paymentChanged)', instead: 'saga.describe()' },
    test: { file: NEWS, name: 'are told to the Saga once' },
  },
  {
    promise: 'The order of an event that a payment provider has sent is told, also where whoever tells it dies.',
    code: {
      file: 'services/payment/event-inbox.ts',
      text: "WHERE state = 'WAITING' AND next_at <= now()",
      instead: "WHERE state = 'WAITING' AND attempts = 0 AND next_at <= now()",
    },
    test: { file: NEWS, name: 'are told again where whoever told them died' },
  },
  {
    promise: "A payment provider's event that comes before its order is told once the order is there.",
    code: {
      file: 'workers/payment-news.ts',
      text: '} else if (Date.now() - receivedAt.getTime() > unknownAfterMs) {',
      instead: '} else if (Date.now() - receivedAt.getTime() > -unknownAfterMs) {',
    },
    test: { file: NEWS, name: 'that come before their order wait for it' },
  },
  {
    promise: "A payment provider's event that is about no order of ours is kept, and told of.",
    code: {
      file: 'workers/payment-news.ts',
      text: "await inbox.settle(event, 'UNKNOWN');",
      instead: "await inbox.settle(event, 'TOLD');",
    },
    test: { file: NEWS, name: 'of no order of ours are kept, and told of' },
  },
  {
    promise: 'Of several payment workers one alone tells an order of an event.',
    code: {
      file: 'services/payment/event-inbox.ts',
      text: 'next_at = now() + make_interval(',
      instead: 'next_at = next_at + 0 * make_interval(',
    },
    test: { file: NEWS, name: 'are told to the Saga once' },
  },
  {
    promise:
      'A payment that was held and let go of is still shown, as VOIDED; the mark of an undo that came first is not.',
    code: {
      file: 'services/payment/domain/payment.ts',
      text: "if (state === 'VOIDED') return providerChargeId !== null;",
      instead: '',
    },
    test: {
      file: 'api/payment/payment-api.int.test.ts',
      name: 'shows what was held and let go of, with all that was done',
    },
  },
  {
    promise: 'Of what a customer says to the bank of a charge the first word counts, and none once it was called off.',
    code: {
      file: 'services/payment/simulator/challenges.ts',
      text: "where: { chargeId: id, method: CHALLENGED_METHOD, status: 'TRIED' },",
      instead: 'where: { chargeId: id, method: CHALLENGED_METHOD },',
    },
    test: {
      file: 'api/payment/payment-api.int.test.ts',
      name: 'of a charge that was called off is answered by nobody',
    },
  },
  {
    promise: 'Of an order that is paid at the hand-over nothing is taken before the carrier has the parcel.',
    code: {
      file: 'workflows/order/capture-payment.ts',
      text: '...(isTakenLater(input) && { capture: false })',
      instead: '...(isTakenLater(input) && { capture: true })',
    },
    test: { file: HAND_OVER, name: 'is held when it is placed, and captured once, when the carrier has the parcel' },
  },
  {
    promise: 'What is held is taken before the order counts as delivered, also where the carrier says nothing before.',
    code: {
      file: 'workflows/order/order-saga.ts',
      text: '  await takeHeldPayment(saga);\n',
      instead: '',
    },
    test: {
      file: HAND_OVER,
      name: 'is captured before its stock leaves the books, where the first that is heard is that it is delivered',
    },
  },
  {
    promise: 'An order whose charge was settled by an operator is not charged again at its hand-over.',
    code: {
      file: 'workflows/order/order-saga.ts',
      text: 'saga.payment.isTaken = paymentId === undefined && saga',
      instead: 'saga.payment.isTaken = paymentId === input.paymentMethod && saga',
    },
    test: { file: HAND_OVER, name: 'is captured by nobody: it is paid another way' },
  },
  {
    promise:
      'Nothing is asked any longer for a parcel that comes back, also where an operator was asked for its money.',
    code: {
      file: 'workflows/order/capture-payment.ts',
      text: '() => taking.cancel(),',
      instead: '() => undefined,',
    },
    test: {
      file: HAND_OVER,
      name: 'is asked for no longer once the parcel comes back: the order is undone, and what is held let go of',
    },
  },
  {
    promise: 'A capture that waits for an operator goes on at once when the provider has news of it.',
    code: {
      file: 'workflows/order/answer-messages.ts',
      text: "attention.wake('capture-payment');",
      instead: '',
    },
    test: { file: HAND_OVER, name: 'is tried again when the provider says that there is news of it' },
  },
  {
    promise: 'What undoes both the hold and its capture runs once.',
    code: {
      file: 'workflows/order/cancellation.ts',
      text: 'if (!this.#registered.includes(compensation)) this',
      instead: 'this',
    },
    test: { file: HAND_OVER, name: 'is given back once where the parcel comes back after it was captured' },
  },
  {
    promise: 'A capture whose answer was lost is looked up, not asked for again, however long ago it was.',
    code: {
      file: 'services/payment/capture-order.ts',
      text: 'const known = first ? undefined : await',
      instead: 'const known = first || orderId ? undefined : await',
    },
    test: { file: CAPTURES, name: 'whose capture was not heard is found' },
  },
  {
    promise: 'Of an undo and a capture at once, no capture is left open.',
    code: {
      file: 'services/payment/payment-store.ts',
      text: "AND status = 'AUTHORISED' FOR UPDATE",
      instead: 'FOR UPDATE',
    },
    test: { file: CAPTURES, name: 'leaves no capture open that comes just after its undo' },
  },
  {
    promise: 'Money that was captured while its order was undone goes back.',
    code: {
      file: 'services/payment/capture-order.ts',
      text: "if (recorded.payment.state === 'VOIDED') await undoAtProvider(service, order);",
      instead: '',
    },
    test: { file: CAPTURES, name: 'is given back where it was captured while its undo found nothing to give back' },
  },
  {
    promise: 'A hold that lands after its order was undone is let go of.',
    code: {
      file: 'services/payment/charge-order.ts',
      text: "if (answer.outcome !== 'declined' && !isThere) return calledOff(service, order);",
      instead: '',
    },
    test: { file: CAPTURES, name: 'is let go of, also where the provider keeps no mark of that' },
  },
  {
    promise: 'Whoever refunds what is only held is told so, and nothing goes back.',
    code: {
      file: 'services/payment/payment-store.ts',
      text: "if (payment?.status === 'AUTHORISED') return 'only-held';",
      instead: '',
    },
    test: { file: CAPTURES, name: 'gives nothing back in parts while it is only held' },
  },
  {
    promise: 'An order that was placed to be paid at the hand-over stays so in whatever a repair starts for it.',
    code: {
      file: 'services/order/saga-start.ts',
      text: '        ...(paymentCapture && { paymentCapture }),\n',
      instead: '        ...(paymentCapture && {}),\n',
    },
    test: {
      file: 'services/order/saga-times.test.ts',
      name: 'an order that was placed to be paid at_hand_over goes on so, whatever is set now',
    },
  },
  {
    promise: 'A capture that fails after its parcel came back ends nothing: what it took all the same goes back.',
    code: {
      file: 'workflows/order/capture-payment.ts',
      text: 'if (!taking.consideredCancelled) throw error;',
      instead: 'throw error;',
    },
    test: {
      file: 'workflows/order/hand-over.int.test.ts',
      name: 'is given back where the parcel came back, and nobody ever heard of its capture',
    },
  },
  {
    promise: 'An order whose charge an operator has settled is captured by nobody, nor by a repair.',
    code: {
      file: 'workflows/order/capture-payment.ts',
      text: "(isHeld || !journal.settledBefore.includes('charge-payment'))",
      instead: "(isHeld || journal.order.id !== '')",
    },
    test: {
      file: 'workflows/reconciliation/holds.int.test.ts',
      name: 'is let go of, and not taken, by the repairs where an operator has settled its charge',
    },
  },
  {
    promise: 'Money that is held beside a payment which an operator has settled is let go of.',
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: "step === 'capture-payment' || step === 'charge-payment'",
      instead: "step === 'commit-stock'",
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'that is left where an operator has settled its payment is let go of; what was captured after that is told',
    },
  },
  {
    promise: 'A parcel that comes back while a capture waits for an operator is told again, should its report be lost.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: "(waitsAt === 'capture-payment' && state === 'RETURNED')",
      instead: 'order.orderId.length < 0',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'RETURNED ends the wait for a capture, so an order that was not told is named',
    },
  },
  {
    promise: 'Money that is still held for an order that is delivered is found.',
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: "if (state === 'AUTHORISED' && order.status === 'COMPLETED') {",
      instead: 'if (order.orderId.length < 0) {',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'is found for good where its order is over: not captured, not written down, or not let go of',
    },
  },
  {
    promise: 'Nothing is found of money that is held for an order on its way.',
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: "if (ours === 'AUTHORISED') return undefined;",
      instead: '',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'also while it is captured',
    },
  },
];
