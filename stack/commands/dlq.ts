import { runOnStack } from '../support/run-on-stack.js';

/** `npm run dlq`: the dead letters of the notifications, on the Kafka of the running stack. */
export const run = () => runOnStack('notifications/dlq.js', 'KAFKA_BROKERS');
