import { Registry } from 'prom-client';
import { TOPICS } from '../../../contracts/topics.js';
import { armCrashPoints } from '../../crash-points/crash-point.js';
import { createKafka } from '../../kafka.js';
import { createLogger } from '../../logger.js';
import { startOutboxRelay } from '../outbox-relay.js';

// A relay alone, in a process that a test can kill: the database, the brokers and the folder of crash points are its arguments.
const [, , databaseUrl = '', brokers = '', crashPoints] = process.argv;
armCrashPoints(crashPoints);
const logger = createLogger({ service: 'relay', level: 'fatal' });
const kafka = createKafka({ brokers: brokers.split(','), clientId: 'relay', logger });
startOutboxRelay({
  databaseUrl,
  kafka,
  subject: { column: 'order_id', name: 'orderId' },
  topics: TOPICS,
  service: 'relay',
  logger,
  registry: new Registry(),
  pollMs: 200,
});
