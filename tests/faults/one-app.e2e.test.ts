import { afterAll, beforeAll, describe } from 'vitest';
import { instanceKilled } from './one-app/instance-killed.js';
import { kafkaAway } from './one-app/kafka-away.js';
import { bootOneApp, type OneApp } from './one-app/one-app.js';
import { operators } from './one-app/operators.js';
import { orderApiKilled } from './one-app/order-api-killed.js';
import { servicesAway } from './one-app/services-away.js';

let one: OneApp;
beforeAll(async () => {
  one = await bootOneApp();
});
afterAll(() => one.stop());

// The first one begins without a Kafka.
describe('Kafka never started, hanging, killed', () => kafkaAway(() => one));
describe('a service that is away', () => servicesAway(() => one.app));
describe('one instance of two', () => instanceKilled(() => one.app));
describe('two instances of the order API, of which some die', () => orderApiKilled(() => one.app));
describe('orders that are stuck', () => operators(() => one.app));
