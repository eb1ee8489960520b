import { pruneCommand } from '../platform/database/prune.js';
import { readEnv } from '../platform/env.js';
import { settings } from './config.js';
import { prunableOfNotifications } from './prunable.js';

// `npm run prune`, and in a container of the notification service `node dist/stack/container/main.js prune-notifications`.
const config = readEnv(settings.pick({ DATABASE_URL: true, NOTIFICATIONS_KEPT_FOR: true }));
await pruneCommand(config.DATABASE_URL, prunableOfNotifications(config));
