import { Prisma } from './prisma/generated/client.js';

/** P2002: another row has it already. */
export function isCode(error: unknown, code: 'P2002'): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}
