import type { Challenge, ChallengeAnswer } from '../../../contracts/http/payments.js';
import { madeNow } from './holds.js';
import type { LedgerEntry, PrismaClient } from './prisma/generated/client.js';

/** A charge by it is made once its customer has confirmed it at the bank. */
export const CHALLENGED_METHOD = 'card_3ds';

/** The shop's own, where it is by default. */
export const CHALLENGE_PAGE = 'http://127.0.0.1:8080/shop/challenges/{challengeId}';

/** The bank's name for a customer who did not confirm, as Stripe has it. */
const NOT_CONFIRMED = 'authentication_failed';

const STATES: Record<string, Challenge['state']> = {
  TRIED: 'WAITING',
  HELD: 'CONFIRMED',
  CHARGED: 'CONFIRMED',
  REFUNDED: 'CONFIRMED',
  DECLINED: 'REFUSED',
};

export type Challenges = ReturnType<typeof createChallenges>;

/** The bank of the simulation: it asks its customer whether a charge is theirs (3-D Secure). Whoever knows the charge's id is that. */
export function createChallenges(prisma: PrismaClient) {
  const find = async (id: string): Promise<Challenge | undefined> => {
    const entry = await prisma.ledgerEntry.findUnique({ where: { chargeId: id } });
    return entry?.method === CHALLENGED_METHOD ? toChallenge(entry) : undefined;
  };
  return {
    /** undefined: there is none. */
    find,
    /** The first answer counts, and none once the charge was called off. The provider tells us of it, as of a transfer. */
    answer: async (id: string, { decision }: ChallengeAnswer): Promise<Challenge | undefined> => {
      const now = new Date();
      const asked = await prisma.ledgerEntry.findUnique({ where: { chargeId: id } });
      if (asked === null) return undefined;
      await prisma.ledgerEntry.updateMany({
        where: { chargeId: id, method: CHALLENGED_METHOD, status: 'TRIED' },
        data: {
          ...(decision === 'confirm' ? madeNow(asked) : { status: 'DECLINED', declineCode: NOT_CONFIRMED }),
          ...{ tellAt: now, updatedAt: now },
        },
      });
      return find(id);
    },
  };
}

const toChallenge = ({ chargeId, idempotencyKey, amount, currency, status }: LedgerEntry): Challenge => ({
  ...{ id: chargeId, reference: idempotencyKey, amount: Number(amount), currency },
  state: STATES[status] ?? 'CALLED_OFF',
});
