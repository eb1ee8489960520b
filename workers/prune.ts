import { pruneCommand } from '../platform/database/prune.js';
import { readEnv } from '../platform/env.js';
import { prunableOfOrders } from '../services/order/prunable.js';
import { orderWorkerSettings } from './config.js';

// `npm run prune`, and in a container of the order worker `node dist/stack/container/main.js prune-orders`.
const config = readEnv(orderWorkerSettings.pick({ DATABASE_URL: true, EVENTS_KEPT_FOR: true }));
await pruneCommand(config.DATABASE_URL, prunableOfOrders(config));
