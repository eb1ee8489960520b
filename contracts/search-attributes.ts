/**
 * What an operator lists orders by, in the Web UI and on both command lines. One list: the stack, the tests and
 * every deployment register from it. Not encrypted, so nothing personal.
 */
export const SEARCH_ATTRIBUTES = {
  OrderStatus: 'KEYWORD',
  CustomerId: 'INT',
  ProductIds: 'KEYWORD_LIST',
  OrderTotal: 'INT',
  CancelReason: 'KEYWORD',
  NeedsAttention: 'BOOL',
  AttentionStep: 'KEYWORD',
  AttentionReason: 'KEYWORD',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;
