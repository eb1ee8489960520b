import { Prisma } from './prisma/generated/client.js';

/** P2002: another row has it already. P2025: there is no such row. */
export function isCode(error: unknown, code: 'P2002' | 'P2025'): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}
