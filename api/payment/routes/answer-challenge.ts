import { paymentOperations } from '../../../contracts/http/payments.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { PaymentContext } from '../service.js';

export const answerChallenge = ({ simulator }: PaymentContext) =>
  handle(paymentOperations.answerChallenge, async ({ params: { id }, body }) => {
    const answered = await simulator?.challenges.answer(id, body);
    if (answered === undefined) throw notFound();
    return answered;
  });
