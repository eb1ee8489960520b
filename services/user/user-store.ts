import { Prisma, type PrismaClient, type User as UserRow } from './prisma/generated/client.js';
import { addressSchema, type Address } from '../../contracts/http/address.js';
import { ROLES, type Role, type User } from '../../contracts/http/users.js';
import { asExpected, type Expected, type Versioned } from '../../platform/database/versioned.js';

/** The one spelling under which an address is kept, so that it can be unique. */
export function normalizeEmail(email: string): string {
  return email.toLowerCase();
}

/** P2002: another row has it already. */
export function isCode(error: unknown, code: 'P2002'): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}

interface NewUser {
  email: string;
  name: string;
  passwordHash: string;
  phone?: string | undefined;
  address?: Address | undefined;
  roles: Role[];
}

/** undefined leaves a value as it is, null takes it away. */
interface UserChanges {
  name?: string | undefined;
  passwordHash?: string | undefined;
  phone?: string | null | undefined;
  address?: Address | null | undefined;
  disabled?: boolean | undefined;
  /** Other roles stay. */
  admin?: boolean | undefined;
}

/** `before`: what was there just before this change, whoever else makes one. */
interface ChangedUser {
  user: Versioned<User>;
  before: User;
}

interface Credentials {
  user: User;
  passwordHash: string | null;
}

export interface UserStore {
  /** 'email-taken': another user has the address, in whatever case. */
  create(user: NewUser): Promise<User | 'email-taken'>;
  find(id: number): Promise<Versioned<User> | undefined>;
  /** Newest first, at most `limit`: whose address it is, in whatever case, and those with a smaller id than `before`. */
  list(page: { email?: string | undefined; before?: number | undefined; limit: number }): Promise<User[]>;
  findCredentials(who: { email: string } | { id: number }): Promise<Credentials | undefined>;
  /** `stale`: their version is none of those that are expected. A new password, or being disabled, also ends all sessions: the database sees to it, as for a role that is taken. */
  update(id: number, changes: UserChanges): Promise<ChangedUser | undefined>;
  update(id: number, changes: UserChanges, expected: Expected): Promise<ChangedUser | 'stale' | undefined>;
  /** Admins, and whoever is disabled. */
  listSpecial(): Promise<User[]>;
}

export function createUserStore(prisma: PrismaClient): UserStore {
  function update(id: number, changes: UserChanges): Promise<ChangedUser | undefined>;
  function update(id: number, changes: UserChanges, expected: Expected): Promise<ChangedUser | 'stale' | undefined>;
  async function update(id: number, { address, admin, ...changes }: UserChanges, expected?: Expected) {
    for (;;) {
      const before = await prisma.user.findUnique({ where: { id, ...asExpected(expected) } });
      if (before === null) return (await prisma.user.count({ where: { id } })) === 0 ? undefined : 'stale';
      const others = before.roles.filter((role) => role !== 'admin');
      // Whoever changed the row since it was read counts too: then it is read anew.
      const [row] = await prisma.user.updateManyAndReturn({
        where: { id, version: before.version },
        data: {
          ...changes,
          ...(address === undefined ? {} : { address: address ?? Prisma.DbNull }),
          ...(admin === undefined ? {} : { roles: admin ? [...others, 'admin'] : others }),
          updatedAt: new Date(),
        },
      });
      if (row !== undefined) return { user: toVersioned(row), before: toUser(before) };
    }
  }

  return {
    create: async ({ email, address, ...user }) => {
      try {
        const row = await prisma.user.create({
          data: { ...user, phone: user.phone ?? null, email: normalizeEmail(email), address: address ?? Prisma.DbNull },
        });
        return toUser(row);
      } catch (error) {
        if (isCode(error, 'P2002')) return 'email-taken';
        throw error;
      }
    },

    find: async (id) => {
      const row = await prisma.user.findUnique({ where: { id } });
      return row === null ? undefined : toVersioned(row);
    },

    list: async ({ email, before, limit }) => {
      const where = {
        ...(email !== undefined && { email: normalizeEmail(email) }),
        ...(before !== undefined && { id: { lt: before } }),
      };
      return (await prisma.user.findMany({ where, orderBy: { id: 'desc' }, take: limit })).map(toUser);
    },

    findCredentials: async (who) => {
      const where = 'id' in who ? who : { email: normalizeEmail(who.email) };
      const row = await prisma.user.findUnique({ where });
      return row === null ? undefined : { user: toUser(row), passwordHash: row.passwordHash };
    },

    update,

    listSpecial: async () => {
      const where = { OR: [{ roles: { has: 'admin' } }, { disabled: true }] };
      return (await prisma.user.findMany({ where, orderBy: { id: 'asc' } })).map(toUser);
    },
  };
}

const toVersioned = (row: UserRow): Versioned<User> => ({ ...toUser(row), version: row.version });

export function toUser(row: UserRow): User {
  const { id, email, name, phone, disabled } = row;
  return {
    id,
    email,
    name,
    phone,
    address: row.address === null ? null : addressSchema.parse(row.address),
    roles: ROLES.filter((role) => row.roles.includes(role)),
    disabled,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
