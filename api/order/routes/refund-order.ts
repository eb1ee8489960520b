import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { Order, Refund, RefundBody } from '../../../contracts/http/orders.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import { withOrderId } from '../../../platform/log-context.js';
import { mergeLines, priceLine, refundIdFor, totalOf } from '../../../services/order/order-identity.js';
import { subjectOf } from '../../http/access.js';
import { handle, reply } from '../../http/handle.js';
import { badRequest, conflict, problemOf, serviceUnavailable, unprocessable } from '../../http/problem.js';
import { orderForCaller } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

/** How long an answer waits for the provider. */
const refundWaitMs = 5_000;

/** What is left is decided by the payment service's books; here it is only said how much is asked for. */
export const refundOrder = ({ store, sagas }: OrderContext) =>
  handle(orderOperations.refundOrder, async ({ params: { id: orderId }, headers, body, caller }) => {
    const { order } = await orderForCaller(store, caller, orderId);
    const { reason } = body;
    const amount = amountOf(body, order);
    const restock = 'lines' in body && body.restock ? mergeLines(body.lines) : undefined;
    const operationId = refundIdFor(orderId, headers['Idempotency-Key']);
    crashPoint('give back: before the row');
    if (!(await store.askRefund({ orderId, id: operationId, restock }))) throw anotherUnderTheKey();
    const asked = { operationId, orderId, amount, reason, requestedBy: subjectOf(caller), ...(restock && { restock }) };
    const answer = await withOrderId(orderId, () => sagas.refund(asked, Date.now() + refundWaitMs));

    const { currency } = order;
    const refund = { id: operationId, orderId, amount, currency, reason };
    switch (answer.outcome) {
      case 'refunded': {
        const { restocked } = answer;
        return reply(201, { ...refund, state: 'DONE', restocked } satisfies Refund, {});
      }
      case 'accepted':
        return reply(202, { ...refund, state: 'PENDING' } satisfies Refund, {});
      case 'too-much': {
        const { left } = answer;
        throw conflict('refund-too-much', `Of what was paid ${left} ${currency} (minor unit) are left.`, {
          left,
          currency,
        });
      }
      case 'only-held':
        throw problemOf('payment-only-held');
      case 'restock-too-much': {
        const { productId, left } = answer;
        throw conflict('restock-too-much', `Of product ${productId} ${left} can go back to stock.`, {
          productId,
          left,
        });
      }
      case 'refused':
        throw problemOf('refund-refused');
      case 'another':
        throw anotherUnderTheKey();
      case 'unreachable':
        throw serviceUnavailable(
          'saga-unavailable',
          'It is not known whether the refund was begun. Send it again with the same Idempotency-Key.',
        );
    }
  });

const anotherUnderTheKey = () =>
  unprocessable('idempotency-key-reuse', 'This Idempotency-Key was used for another refund.');

/** In the minor unit: lines at the prices that the order was placed with. */
function amountOf(body: RefundBody, { lines }: Order): number {
  if ('amount' in body) return body.amount;
  const wanted = mergeLines(body.lines).map((line) => {
    const ordered = lines.find(({ productId }) => productId === line.productId);
    if (ordered !== undefined && ordered.quantity >= line.quantity)
      return priceLine(line, { id: line.productId, name: ordered.productName, price: ordered.unitPrice });
    const message = `product ${line.productId}: ${ordered?.quantity ?? 0} were ordered`;
    throw badRequest('Invalid request body.', [{ path: 'lines', message }]);
  });
  const total = totalOf(wanted);
  if (total > 0) return total;
  throw badRequest('Invalid request body.', [{ path: 'lines', message: 'they cost nothing' }]);
}
