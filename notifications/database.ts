import type { Pool } from 'pg';
import { prismaAdapter, transactionOptions } from '../platform/database/pool.js';
import { PrismaClient } from './prisma/generated/client.js';

/** The notification service's own database. `$disconnect()` ends the pool too. */
export function openNotificationDatabase(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
}
