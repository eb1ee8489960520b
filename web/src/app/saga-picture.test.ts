import { expect, it } from 'vitest';
import type { TimelineEntry } from '../api/client.js';
import { goodsOf, sagaPicture } from './saga-picture.js';

const entry = (step: TimelineEntry['step'], outcome: TimelineEntry['outcome'] = 'done'): TimelineEntry => ({
  at: '2026-01-31T12:00:00.000Z',
  step,
  service: 'order-service',
  outcome,
  attempts: 1,
});
const drawn = (...args: Parameters<typeof sagaPicture>) =>
  sagaPicture(...args).map(({ state, undo }) => (undo === undefined ? state : `${state}, then ${undo.state}`));

it('an order that goes forward: what is done, and what is at work', () => {
  expect(drawn({ status: 'PENDING' }, [])).toEqual(['done', 'now', 'waiting', 'waiting', 'waiting']);
  expect(drawn({ status: 'PAYMENT_COMPLETED' }, [])).toEqual(['done', 'done', 'done', 'now', 'waiting']);
  expect(drawn({ status: 'COMPLETED' }, [])).toEqual(['done', 'done', 'done', 'done', 'done']);
});

it('nothing is at work while a person looks at the order', () => {
  const stages = ['done', 'done', 'waiting', 'waiting', 'waiting'];
  expect(drawn({ status: 'INVENTORY_RESERVED', review: 'WAITING' }, [entry('reserve-stock')])).toEqual(stages);
});

it('a payment that is awaited is what is at work, and nothing is once the order is called off', () => {
  const timeline = [entry('reserve-stock'), entry('charge-payment', 'asked')];
  expect(drawn({ status: 'INVENTORY_RESERVED' }, timeline)).toEqual(['done', 'done', 'now', 'waiting', 'waiting']);
  const undone = [...timeline, entry('cancel', 'asked'), entry('release-stock', 'undone')];
  const picture = ['done', 'done, then undone', 'waiting', 'waiting', 'waiting'];
  expect(drawn({ status: 'CANCELLED' }, undone)).toEqual(picture);
});

it('a step that does not get through is what is at work', () => {
  const timeline = [entry('reserve-stock'), entry('charge-payment', 'failing')];
  expect(drawn({ status: 'INVENTORY_RESERVED' }, timeline)).toEqual(['done', 'done', 'failing', 'waiting', 'waiting']);
});

it('a capture that does not get through holds up the delivery, until it is taken or the parcel comes back', () => {
  const gone = [entry('reserve-stock'), entry('charge-payment'), entry('start-delivery'), entry('in-transit')];
  const failing = [...gone, entry('capture-payment', 'failing')];
  const at = (timeline: TimelineEntry[]) => drawn({ status: 'DELIVERY_STARTED' }, timeline);
  expect(at(gone)).toEqual(['done', 'done', 'done', 'done', 'now']);
  expect(at(failing)).toEqual(['done', 'done', 'done', 'done', 'failing']);
  expect(at([...failing, entry('capture-payment')])).toEqual(['done', 'done', 'done', 'done', 'now']);
  // What takes the capture back is what takes the charge back.
  const returned = [...failing, entry('returned')];
  const undoing = ['done', 'done, then now', 'done, then now', 'done', 'refused'];
  expect(drawn({ status: 'CANCELLING' }, returned)).toEqual(undoing);
});

it('a declined card: what was held is being released, then released', () => {
  const timeline = [entry('reserve-stock'), entry('charge-payment', 'refused')];
  expect(drawn({ status: 'CANCELLING' }, timeline)).toEqual([
    'done',
    'done, then now',
    'refused',
    'waiting',
    'waiting',
  ]);
  const undone = [...timeline, entry('release-stock', 'undone')];
  expect(drawn({ status: 'CANCELLED' }, undone).slice(0, 3)).toEqual(['done', 'done, then undone', 'refused']);
});

it('nothing is undone of an order that held nothing', () => {
  expect(drawn({ status: 'CANCELLED' }, [entry('reserve-stock', 'refused')])).toEqual([
    'done',
    'refused',
    'waiting',
    'waiting',
    'waiting',
  ]);
});

it('what is refused has no next step at work', () => {
  const timeline = [entry('reserve-stock'), entry('charge-payment', 'refused')];
  expect(drawn({ status: 'INVENTORY_RESERVED' }, timeline)).toEqual(['done', 'done', 'refused', 'waiting', 'waiting']);
});

it('the delivery is called off first, and the rest waits for it; then it is undone at once', () => {
  const gone = [entry('reserve-stock'), entry('charge-payment'), entry('start-delivery'), entry('cancel', 'asked')];
  const callingOff = ['done', 'done, then waiting', 'done, then waiting', 'done, then now', 'waiting'];
  expect(drawn({ status: 'DELIVERY_STARTED' }, gone)).toEqual(callingOff);
  expect(drawn({ status: 'CANCELLING' }, gone)).toEqual(callingOff);
  expect(drawn({ status: 'CANCELLING' }, [...gone, entry('cancel-delivery', 'undone')])).toEqual([
    'done',
    'done, then now',
    'done, then now',
    'done, then undone',
    'waiting',
  ]);
});

it('a carrier that does not let it be called off: the order goes on', () => {
  const timeline = [entry('cancel', 'asked'), entry('cancel-delivery', 'refused')];
  expect(drawn({ status: 'DELIVERY_STARTED' }, timeline)).toEqual(['done', 'done', 'done', 'done', 'now']);
  expect(drawn({ status: 'COMPLETED' }, timeline)).toEqual(['done', 'done', 'done', 'done', 'done']);
});

it('the goods of an order that is undone are back when they are released, and were never held without', () => {
  const held = [entry('reserve-stock'), entry('charge-payment', 'refused')];
  expect(goodsOf({ status: 'INVENTORY_RESERVED' }, [])).toBe('order.goodsHeld');
  expect(goodsOf({ status: 'CANCELLING' }, held)).toBe('order.goodsHeld');
  expect(goodsOf({ status: 'CANCELLING' }, [...held, entry('release-stock', 'undone')])).toBe('order.goodsBack');
  expect(goodsOf({ status: 'CANCELLED' }, [entry('reserve-stock', 'refused')])).toBe('order.goodsNever');
  expect(goodsOf({ status: 'CANCELLED' }, [])).toBe('order.goodsNever');
});
