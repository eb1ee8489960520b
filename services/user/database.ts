import type { Pool } from 'pg';
import { prismaAdapter, transactionOptions } from '../../platform/database/pool.js';
import { PrismaClient } from './prisma/generated/client.js';

/** The user service's own database. `$disconnect()` ends the pool too. */
export function openUserDatabase(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
}
