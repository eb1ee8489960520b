import { z } from 'zod';

/** As Prisma wraps what its PostgreSQL driver says. */
const prismaErrorSchema = z.object({
  code: z.string().optional(),
  message: z.string(),
  meta: z
    .object({
      driverAdapterError: z
        .object({ cause: z.object({ kind: z.string(), originalCode: z.string().optional() }) })
        .optional(),
    })
    .optional()
    .catch(undefined),
});

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: each ends the statement before anything of it is kept. */
const SQLSTATES = [
  '0A000', // a prepared statement that a migration outdated: its connection is closed
  '53300', // too many connections
  '55P03', // lock not available in time
  '57014', // statement cancelled: it took too long
  '57P03', // the server can't be connected to now
];

/** Of the pool, which has no codes: all connections busy, and a server that doesn't answer. */
const POOL_MESSAGES = ['timeout exceeded when trying to connect', 'Connection terminated due to connection timeout'];

/**
 * Whether the database could not do it now and nothing of it was done, so that the same may be asked again. False for
 * a connection lost in the middle: nobody knows what became of the statement.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const parsed = prismaErrorSchema.safeParse(error);
  if (!parsed.success) return false;
  const { code, message, meta } = parsed.data;
  const cause = meta?.driverAdapterError?.cause;
  return (
    cause?.kind === 'DatabaseNotReachable' ||
    SQLSTATES.includes(cause?.originalCode ?? '') ||
    POOL_MESSAGES.includes(message) ||
    (code === 'P2028' && message.includes('Unable to start a transaction'))
  );
}

/** The classes of what is wrong with the values: data, constraints, views' checks, limits such as of an index row, triggers' own. */
const ABOUT_THE_VALUES = /^(22|23|44|54|P0)/;

/**
 * The code by which a database, or Prisma before it, refuses what it was asked to write because of what that is: the same
 * will be refused again. Undefined for any other error.
 */
export function refusalByDatabase(error: unknown): string | undefined {
  if (error instanceof Error && error.name === 'PrismaClientValidationError') return error.name;
  const sqlState = prismaErrorSchema.safeParse(error).data?.meta?.driverAdapterError?.cause.originalCode;
  return sqlState !== undefined && ABOUT_THE_VALUES.test(sqlState) ? sqlState : undefined;
}
