import type { Response } from 'express';

import { conflict } from '../../http/problem.js';
import { asSeenBy } from '../order-for-caller.js';
import type { Answer } from './answer.js';

export function sendAnswer(res: Response, answer: Answer, { replayed }: { replayed: boolean }): void {
  const order = asSeenBy(res.req, answer.order);
  if (replayed) res.set('Idempotency-Replayed', 'true');
  switch (answer.kind) {
    case 'created':
      res.status(201).location(`/orders/${order.id}`).json(order);
      return;
    case 'accepted':
      res.status(202).location(`/orders/${order.id}`).json(order);
      return;
    case 'short': {
      const { productId, requested, available } = answer.shortage;
      const detail = `Of product ${productId} ${requested} were ordered and ${available} are left.`;
      throw conflict('insufficient-stock', detail, { orderId: order.id, productId, requested, available });
    }
  }
}
