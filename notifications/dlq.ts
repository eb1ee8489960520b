import { NOTIFICATIONS_DLQ } from '../contracts/topics.js';
import { readEnv } from '../platform/env.js';
import { createKafka } from '../platform/kafka.js';
import { createLogger } from '../platform/logger.js';
import { dlqSettings } from './config.js';
import { CommandFailed, runCommand } from './dead-letters/command.js';
import { errorMessage } from '../platform/error-message.js';

// `npm run dlq -- list|show|resend`, and in a container `node dist/notifications/dlq.js list|show|resend`.
const config = readEnv(dlqSettings);
const kafka = createKafka({
  brokers: config.KAFKA_BROKERS,
  clientId: 'dlq',
  logger: createLogger({ service: 'notification-service', level: 'fatal' }),
});

try {
  process.stdout.write(`${await runCommand(process.argv.slice(2), kafka, NOTIFICATIONS_DLQ)}\n`);
} catch (error) {
  const isOurs = error instanceof CommandFailed;
  const said = errorMessage(error);
  process.stderr.write(isOurs ? `${said}\n` : `Kafka at ${config.KAFKA_BROKERS.join(',')}: ${said}\n`);
  process.exitCode = isOurs ? error.exitCode : 1;
}
