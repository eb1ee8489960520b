import { paymentOperations } from '../../../contracts/http/payments.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { PaymentContext } from '../service.js';

export const getChallenge = ({ simulator }: PaymentContext) =>
  handle(paymentOperations.getChallenge, async ({ params: { id } }) => {
    const found = await simulator?.challenges.find(id);
    if (found === undefined) throw notFound();
    return found;
  });
