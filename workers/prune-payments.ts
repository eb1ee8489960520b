import { pruneCommand } from '../platform/database/prune.js';
import { readEnv } from '../platform/env.js';
import { PRUNABLE_OF_PAYMENTS } from '../services/payment/prunable.js';
import { paymentWorkerSettings } from './config.js';

// `npm run prune`, and in a container of the payment worker `node dist/stack/container/main.js prune-payments`.
const config = readEnv(paymentWorkerSettings.pick({ DATABASE_URL: true }));
await pruneCommand(config.DATABASE_URL, PRUNABLE_OF_PAYMENTS);
