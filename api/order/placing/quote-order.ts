import { ServiceUnavailable } from '../../../clients/errors.js';
import type { ProductClient } from '../../../clients/product-client.js';
import type { Order, OrderLine } from '../../../contracts/http/orders.js';
import type { Product } from '../../../contracts/http/products.js';
import { MONEY_LIMIT } from '../../../contracts/money.js';
import { priceLine, totalOf, type RequestedLine } from '../../../services/order/domain/order-lines.js';
import { badRequest, serviceUnavailable, unprocessable } from '../../http/problem.js';

export type Quote = Pick<Order, 'lines' | 'currency' | 'totalPrice'>;

/** Names and prices of this moment. Throws the problem to answer with. */
export async function quoteOrder(products: ProductClient, requested: readonly RequestedLine[]): Promise<Quote> {
  const known = await askPrices(products, requested);
  const currencies = new Set<string>();
  const lines: OrderLine[] = [];
  for (const line of requested) {
    const product = known.get(line.productId);
    if (product === undefined || product === 'unknown' || !product.active) throw unknownProduct(line);
    currencies.add(product.currency);
    lines.push(priceLine(line, product));
  }
  const [currency, ...others] = currencies;
  if (currency === undefined || others.length > 0) throw mixedCurrencies([...currencies]);
  const totalPrice = totalOf(lines);
  if (totalPrice >= MONEY_LIMIT) throw tooExpensive();
  return { lines, currency, totalPrice };
}

async function askPrices(
  products: ProductClient,
  requested: readonly RequestedLine[],
): Promise<Map<number, Product | 'unknown'>> {
  try {
    return await products.quote(requested.map(({ productId }) => productId));
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    throw serviceUnavailable('pricing-unavailable', 'Prices can not be asked right now. Nothing was ordered.');
  }
}

const unknownProduct = ({ productId }: RequestedLine) =>
  unprocessable('unknown-product', `There is no product ${productId}, or it is not sold any more.`, { productId });

const mixedCurrencies = (currencies: string[]) =>
  unprocessable('mixed-currencies', 'An order has one currency: order these products apart.', { currencies });

const tooExpensive = () =>
  badRequest('The order is too big.', [{ path: 'items', message: `the total must be below ${MONEY_LIMIT}` }]);
