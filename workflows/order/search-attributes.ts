import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { OrderPatch } from '../../contracts/activities/order-activities.js';
import type { Order } from '../../contracts/http/orders.js';
import type { PlacedOrder } from '../../contracts/order-saga.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';

const KEYS = {
  OrderStatus: defineSearchAttributeKey('OrderStatus', SEARCH_ATTRIBUTES.OrderStatus),
  CustomerId: defineSearchAttributeKey('CustomerId', SEARCH_ATTRIBUTES.CustomerId),
  ProductIds: defineSearchAttributeKey('ProductIds', SEARCH_ATTRIBUTES.ProductIds),
  OrderTotal: defineSearchAttributeKey('OrderTotal', SEARCH_ATTRIBUTES.OrderTotal),
  CancelReason: defineSearchAttributeKey('CancelReason', SEARCH_ATTRIBUTES.CancelReason),
  NeedsAttention: defineSearchAttributeKey('NeedsAttention', SEARCH_ATTRIBUTES.NeedsAttention),
  AttentionStep: defineSearchAttributeKey('AttentionStep', SEARCH_ATTRIBUTES.AttentionStep),
  AttentionReason: defineSearchAttributeKey('AttentionReason', SEARCH_ATTRIBUTES.AttentionReason),
};

/** For whoever starts the Saga: `typedSearchAttributes` of the start. */
export function initialSearchAttributes(order: PlacedOrder): SearchAttributePair[] {
  return [
    { key: KEYS.OrderStatus, value: 'PENDING' },
    { key: KEYS.CustomerId, value: order.userId },
    { key: KEYS.ProductIds, value: order.lines.map(({ productId }) => String(productId)) },
    { key: KEYS.OrderTotal, value: order.totalPrice },
    { key: KEYS.NeedsAttention, value: false },
  ];
}

/**
 * What operators list orders by. Shown only where an order rests, waits or ends, because each change costs an event
 * and the server's time.
 */
export function showInSearch({ status, cancelReason }: Order, attention: OrderPatch['attention']): void {
  upsertSearchAttributes([
    { key: KEYS.OrderStatus, value: status },
    ...(cancelReason === undefined ? [] : [{ key: KEYS.CancelReason, value: cancelReason }]),
    { key: KEYS.NeedsAttention, value: Boolean(attention) },
    { key: KEYS.AttentionStep, value: attention?.step ?? null },
    { key: KEYS.AttentionReason, value: attention?.reason ?? null },
  ]);
}
