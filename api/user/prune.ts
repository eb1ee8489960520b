import { pruneCommand } from '../../platform/database/prune.js';
import { readEnv } from '../../platform/env.js';
import { prunableOfUsers } from '../../services/user/prunable.js';
import { settings } from './config.js';

// `npm run prune`, and in a container of the user service `node dist/stack/container/main.js prune-users`.
const config = readEnv(settings.pick({ DATABASE_URL: true, SESSION_ENDS_AFTER: true }));
await pruneCommand(config.DATABASE_URL, prunableOfUsers(config));
