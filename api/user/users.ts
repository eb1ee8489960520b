import { PrismaClient } from '../../services/user/prisma/generated/client.js';
import { clientOn, createPool } from '../../platform/database/pool.js';
import { readEnv } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';
import { createUserStore } from '../../services/user/user-store.js';
import { settings } from './config.js';
import { runUserCommand } from './user-command.js';
import { errorMessage } from '../../platform/error-message.js';

// `npm run users`, and in a container of the user service `node dist/stack/container/main.js users`.
const { DATABASE_URL: url } = readEnv(settings.pick({ DATABASE_URL: true }));
// Beside what it says to the operator.
const logger = createLogger({ service: 'user-service', level: 'error' }, process.stderr);
const prisma = clientOn(createPool({ url, size: 1, service: 'users', logger }), PrismaClient);

try {
  const { exitCode, said } = await runUserCommand(process.argv.slice(2), { users: createUserStore(prisma), logger });
  (exitCode === 0 ? process.stdout : process.stderr).write(`${said}\n`);
  process.exitCode = exitCode;
} catch (error) {
  process.stderr.write(`The database can not be asked: ${errorMessage(error)}\n`);
  process.exitCode = 2;
} finally {
  await prisma.$disconnect();
}
