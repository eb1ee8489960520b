import { signUpBodySchema, type User } from '../../contracts/http/users.js';
import { normalizeEmail, isCode, toUser } from './user-store.js';
import type { PrismaClient } from './prisma/generated/client.js';

/** Somebody of an outside provider, as a checked token of it says. */
export interface OutsidePerson {
  issuer: string;
  subject: string;
  email?: string | undefined;
  emailVerified: boolean;
  name?: string | undefined;
}

/**
 * `email-not-verified`: there is none that the provider vouches for. `email-of-another-user`: a user of ours has it; that they
 * are the same person nobody has shown, so neither gets the other's orders.
 */
export type OutsideUserOutcome =
  { outcome: 'known' | 'created'; user: User } | { outcome: 'email-not-verified' | 'email-of-another-user' };

export interface OutsideUserStore {
  /** The user of ours; made when the person is seen first, once, however many ask at the same time. */
  findOrCreate(person: OutsidePerson): Promise<OutsideUserOutcome>;
}

const emailSchema = signUpBodySchema.shape.email;
const nameSchema = signUpBodySchema.shape.name.regex(/^[^\0\p{Surrogate}]*$/u);

export function createOutsideUserStore(prisma: PrismaClient): OutsideUserStore {
  const find = async ({ issuer, subject }: OutsidePerson): Promise<User | undefined> => {
    const identity = await prisma.outsideIdentity.findUnique({
      where: { issuer_subject: { issuer, subject } },
      include: { user: true },
    });
    return identity === null ? undefined : toUser(identity.user);
  };

  return {
    findOrCreate: async (person) => {
      const known = await find(person);
      if (known !== undefined) return { outcome: 'known', user: known };
      const email = emailSchema.safeParse(person.email);
      if (!email.success || !person.emailVerified) return { outcome: 'email-not-verified' };
      const { issuer, subject } = person;
      try {
        const row = await prisma.user.create({
          data: {
            email: normalizeEmail(email.data),
            name: nameFor(person.name, email.data),
            // Whatever roles the token may name: who is an admin of ours is for us to say.
            roles: ['customer'],
            identities: { create: { issuer, subject } },
          },
        });
        return { outcome: 'created', user: toUser(row) };
      } catch (error) {
        if (!isCode(error, 'P2002')) throw error;
        // Either somebody has the address, or the same person was faster on another connection.
        const meanwhile = await find(person);
        return meanwhile === undefined ? { outcome: 'email-of-another-user' } : { outcome: 'known', user: meanwhile };
      }
    },
  };
}

/** The part before the @ greets better than nothing. */
function nameFor(name: string | undefined, email: string): string {
  const parsed = nameSchema.safeParse(name);
  return parsed.success ? parsed.data : email.slice(0, email.indexOf('@')).slice(0, 200);
}
