import type { OrderLine } from '../../../contracts/http/orders.js';

export interface RequestedLine {
  productId: number;
  quantity: number;
}

/** What a product is called and costs at this moment. */
export interface Quote {
  id: number;
  name: string;
  /** Minor unit. */
  price: number;
}

/** One line per product in ascending id: a product named twice counts as the sum. */
export function mergeLines(requested: readonly RequestedLine[]): RequestedLine[] {
  const quantities = new Map<number, number>();
  for (const { productId, quantity } of requested)
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities].sort(([a], [b]) => a - b).map(([productId, quantity]) => ({ productId, quantity }));
}

export function priceLine({ productId, quantity }: RequestedLine, quote: Quote): OrderLine {
  return { productId, productName: quote.name, unitPrice: quote.price, quantity, totalPrice: quote.price * quantity };
}

/**
 * In the minor unit. Exact below 10^15; above, what doubles lose can't bring it back under the limit, since rounding
 * keeps the order of numbers.
 */
export function totalOf(lines: readonly Pick<OrderLine, 'totalPrice'>[]): number {
  return lines.reduce((sum, line) => sum + line.totalPrice, 0);
}
