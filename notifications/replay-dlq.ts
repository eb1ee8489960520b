import { NOTIFICATIONS_DLQ } from '../contracts/topics.js';
import { readEnv } from '../platform/env.js';
import { createKafka } from '../platform/kafka.js';
import { createLogger } from '../platform/logger.js';
import { runProcess } from '../platform/shutdown.js';
import { replaySettings } from './config.js';
import { replayDeadLetters } from './kafka/replay.js';

// Run by an operator, when what the dead letters failed of was put right: sends them again, and ends.
const config = readEnv(replaySettings);
const logger = createLogger({ service: 'notification-service', level: config.LOG_LEVEL });

await runProcess({ logger }, async () => {
  const quiet = logger.child({}, { level: 'error' });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'replay-dlq', logger: quiet });
  const sent = await replayDeadLetters({
    kafka,
    deadLetterTopic: NOTIFICATIONS_DLQ,
    groupId: 'notifications-dlq-replay',
    logger,
  });
  logger.info({ sent }, 'dead letters sent again');
  process.kill(process.pid, 'SIGTERM');
});
