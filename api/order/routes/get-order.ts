import { orderOperations } from '../../../contracts/http/order-operations.js';
import { handle } from '../../http/handle.js';
import { asSeenBy, orderForCaller } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

export const getOrder = ({ store }: OrderContext) =>
  handle(orderOperations.getOrder, async ({ params: { id }, caller }) => {
    const { order } = await orderForCaller(store, caller, id);
    return asSeenBy(caller, order);
  });
