import { afterAll, beforeAll, describe } from 'vitest';
import { instanceKilled } from './one-app/instance-killed.js';
import { kafkaAway } from './one-app/kafka-away.js';
import { moneyKilled } from './one-app/money-killed.js';
import { bootOneApp, type OneApp } from './one-app/one-app.js';
import { operators } from './one-app/operators.js';
import { numbersShown } from './one-app/numbers-shown.js';
import { orderApiKilled } from './one-app/order-api-killed.js';
import { servicesAway } from './one-app/services-away.js';
import { stoppedInOrder } from './one-app/stopped-in-order.js';

let one: OneApp | undefined;
const booted = (): OneApp => {
  if (one === undefined) throw new Error('the application is not there');
  return one;
};
beforeAll(async () => {
  one = await bootOneApp();
});
afterAll(() => one?.stop());

// Before there is a Kafka.
describe('Kafka never started, hanging, killed', () => kafkaAway(booted));

/** Whatever an earlier part has left. */
const onAWholeApp = (part: (app: () => OneApp['app'], alerts: () => OneApp['alerts']) => void) => () => {
  beforeAll(() => booted().putRight());
  part(
    () => booted().app,
    () => booted().alerts,
  );
};
describe('a service that is away', onAWholeApp(servicesAway));
describe('one instance of two', onAWholeApp(instanceKilled));
describe('processes that are stopped in order', onAWholeApp(stoppedInOrder));
describe('two instances of the order API, of which some die', onAWholeApp(orderApiKilled));
describe('a refund or an approval, at which somebody dies', onAWholeApp(moneyKilled));
describe('orders that are stuck', onAWholeApp(operators));
// Last: what the other parts brought about is seen in it.
describe('the numbers of all of it', onAWholeApp(numbersShown));
