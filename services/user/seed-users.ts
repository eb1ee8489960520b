import type { Address } from '../../contracts/http/address.js';
import type { Role } from '../../contracts/http/users.js';
import { hashPassword } from './passwords.js';
import { Prisma } from './prisma/generated/client.js';
import type { PrismaClient } from './prisma/generated/client.js';

const DEMO_PASSWORD = 'holdfast-demo';

interface DemoUser {
  id: number;
  email: string;
  name: string;
  roles: Role[];
  phone?: string;
  address?: Address;
}

const DEMO_USERS: DemoUser[] = [
  {
    id: 1,
    email: 'alice@example.com',
    name: 'Alice Kim',
    roles: ['customer'],
    phone: '+82 2-555-0101',
    address: {
      name: 'Alice Kim',
      line1: '110 Sejong-daero',
      line2: 'Unit 1201',
      city: 'Seoul',
      postalCode: '04524',
      country: 'KR',
    },
  },
  {
    id: 2,
    email: 'bob@example.com',
    name: 'Bob Lee',
    roles: ['customer'],
    address: { name: 'Bob Lee', line1: '1001 Jungang-daero', city: 'Busan', postalCode: '47545', country: 'KR' },
  },
  { id: 3, email: 'admin@example.com', name: 'Admin', roles: ['customer', 'admin'] },
];

/**
 * The demo users, whose password everyone knows: for development alone, so its caller asks for SEED_DEMO_DATA=true
 * first. Users that exist stay as they are. Ids handed out later start behind these.
 */
export async function seedUsers(prisma: PrismaClient): Promise<void> {
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  await prisma.user.createMany({
    data: DEMO_USERS.map(({ phone, address, ...user }) => ({
      ...user,
      passwordHash,
      phone: phone ?? null,
      address: address ?? Prisma.DbNull,
    })),
    skipDuplicates: true,
  });
  await prisma.$executeRaw`SELECT setval(pg_get_serial_sequence('users', 'id'), GREATEST((SELECT max(id) FROM users), (SELECT last_value FROM users_id_seq)))`;
}
