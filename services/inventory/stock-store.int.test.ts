import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openInventory } from './testing/open-inventory.js';
import type { OpenInventory } from './testing/open-inventory.js';

let inventory: OpenInventory;
beforeAll(async () => void (inventory = await openInventory()));
afterAll(() => inventory.close());

const line = (productId: number, quantity: number) => ({ productId, quantity });

describe('reserve', () => {
  test('moves stock from what can be ordered to what is held', async () => {
    const product = await inventory.stocked(5);
    const order = inventory.newOrder();
    expect(await inventory.stock.reserve({ orderId: order, lines: [line(product, 2)] })).toEqual({
      outcome: 'reserved',
    });
    expect(await inventory.levelOf(product)).toBe('3/2');
    expect(await inventory.statusesOf(order)).toEqual(['HELD']);
  });

  test('the last unit can be had, one more can not', async () => {
    const product = await inventory.stocked(5);
    const lines = [line(product, 5)];
    expect(await inventory.stock.reserve({ orderId: inventory.newOrder(), lines })).toEqual({ outcome: 'reserved' });
    expect(await inventory.stock.reserve({ orderId: inventory.newOrder(), lines: [line(product, 1)] })).toEqual({
      outcome: 'insufficient',
      productId: product,
      requested: 1,
      available: 0,
    });
    expect(await inventory.levelOf(product)).toBe('0/5');
  });

  test('all lines or none: one that is short keeps the others from being held', async () => {
    const [plenty, short] = [await inventory.stocked(10), await inventory.stocked(1)];
    const order = inventory.newOrder();
    const lines = [line(plenty, 4), line(short, 2)];
    const refused = { outcome: 'insufficient', productId: short, requested: 2, available: 1 };
    expect(await inventory.stock.reserve({ orderId: order, lines })).toEqual(refused);
    expect(await inventory.levelOf(plenty)).toBe('10/0');
    expect(await inventory.levelOf(short)).toBe('1/0');
    expect(await inventory.statusesOf(order)).toEqual(['REFUSED', 'REFUSED']);
  });

  test('a product that was never stocked counts as none', async () => {
    const lines = [line(999_999, 1)];
    const refused = { outcome: 'insufficient', productId: 999_999, requested: 1, available: 0 };
    expect(await inventory.stock.reserve({ orderId: inventory.newOrder(), lines })).toEqual(refused);
    expect(await inventory.stock.find(999_999)).toBeUndefined();
  });

  test('lines in any order are the same lines', async () => {
    const [low, high] = [await inventory.stocked(3), await inventory.stocked(3)];
    const orderId = inventory.newOrder();
    const lines = [line(high, 1), line(low, 2)];
    expect(await inventory.stock.reserve({ orderId, lines })).toEqual({ outcome: 'reserved' });
    expect([await inventory.levelOf(low), await inventory.levelOf(high)]).toEqual(['1/2', '2/1']);
  });
});

describe('reserve, again', () => {
  test('held is held once', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await inventory.stock.reserve(request)).toEqual({ outcome: 'reserved' });
    }
    expect(await inventory.levelOf(product)).toBe('3/2');
  });

  test('a refusal stays what it was, also when there is stock by now', async () => {
    const [plenty, short] = [await inventory.stocked(9), await inventory.stocked(3)];
    const request = { orderId: inventory.newOrder(), lines: [line(plenty, 1), line(short, 4)] };
    const refused = { outcome: 'insufficient', productId: short, requested: 4, available: 3 };
    expect(await inventory.stock.reserve(request)).toEqual(refused);
    await inventory.stock.setQuantity(short, 100);
    expect(await inventory.stock.reserve(request)).toEqual(refused);
    expect([await inventory.levelOf(plenty), await inventory.levelOf(short)]).toEqual(['9/0', '100/0']);
  });

  test('after the release it is refused and holds nothing', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    await inventory.stock.reserve(request);
    await inventory.stock.release(request);
    expect(await inventory.stock.reserve(request)).toEqual({ outcome: 'compensated' });
    expect(await inventory.levelOf(product)).toBe('5/0');
  });

  test('after the commit it succeeds and holds nothing more', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    await inventory.stock.reserve(request);
    await inventory.stock.commit(request);
    expect(await inventory.stock.reserve(request)).toEqual({ outcome: 'reserved' });
    expect(await inventory.levelOf(product)).toBe('3/0');
  });

  test('with other lines it fails, and takes nothing', async () => {
    const [first, second] = [await inventory.stocked(5), await inventory.stocked(5)];
    const orderId = inventory.newOrder();
    await inventory.stock.reserve({ orderId, lines: [line(first, 1)] });
    const attempt = inventory.stock.reserve({ orderId, lines: [line(first, 1), line(second, 1)] });
    await expect(attempt).rejects.toThrow(`nothing is written down of product ${String(second)}`);
    expect([await inventory.levelOf(first), await inventory.levelOf(second)]).toEqual(['4/1', '5/0']);
  });
});

describe('release', () => {
  test('gives back what is held, once', async () => {
    const [one, two] = [await inventory.stocked(5), await inventory.stocked(7)];
    const request = { orderId: inventory.newOrder(), lines: [line(one, 2), line(two, 3)] };
    await inventory.stock.reserve(request);
    expect(await inventory.stock.release(request)).toBe('released');
    expect(await inventory.stock.release(request)).toBe('nothing');
    expect([await inventory.levelOf(one), await inventory.levelOf(two)]).toEqual(['5/0', '7/0']);
    expect(await inventory.statusesOf(request.orderId)).toEqual(['RELEASED', 'RELEASED']);
  });

  test('before the reservation it leaves a mark that makes the reservation refuse', async () => {
    const [one, two] = [await inventory.stocked(5), await inventory.stocked(7)];
    const request = { orderId: inventory.newOrder(), lines: [line(one, 2), line(two, 3)] };
    expect(await inventory.stock.release(request)).toBe('marked');
    expect(await inventory.stock.release(request)).toBe('nothing');
    expect(await inventory.stock.reserve(request)).toEqual({ outcome: 'compensated' });
    expect([await inventory.levelOf(one), await inventory.levelOf(two)]).toEqual(['5/0', '7/0']);
  });

  test('of what was sold puts the returned goods back, once', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    await inventory.stock.reserve(request);
    await inventory.stock.commit(request);
    expect(await inventory.levelOf(product)).toBe('3/0');
    expect(await inventory.stock.release(request)).toBe('returned');
    expect(await inventory.stock.release(request)).toBe('nothing');
    expect(await inventory.levelOf(product)).toBe('5/0');
    expect(await inventory.statusesOf(request.orderId)).toEqual(['RETURNED']);
  });

  test('of a refused order changes nothing', async () => {
    const product = await inventory.stocked(1);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    await inventory.stock.reserve(request);
    expect(await inventory.stock.release(request)).toBe('nothing');
    expect(await inventory.levelOf(product)).toBe('1/0');
    expect(await inventory.statusesOf(request.orderId)).toEqual(['REFUSED']);
  });
});

describe('commit', () => {
  test('takes what is held off the books, once', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    await inventory.stock.reserve(request);
    expect(await inventory.stock.commit(request)).toBe(true);
    expect(await inventory.stock.commit(request)).toBe(false);
    expect(await inventory.levelOf(product)).toBe('3/0');
    expect(await inventory.statusesOf(request.orderId)).toEqual(['COMMITTED']);
  });

  test('of what is not held fails and names the status', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    await expect(inventory.stock.commit(request)).rejects.toThrow(`stock of order ${request.orderId} is not reserved`);
    await inventory.stock.reserve(request);
    await inventory.stock.release(request);
    await expect(inventory.stock.commit(request)).rejects.toThrow(`stock of order ${request.orderId} is RELEASED`);
    expect(await inventory.levelOf(product)).toBe('5/0');
  });
});

describe('restock', () => {
  const sold = async (...quantities: number[]) => {
    const products = await Promise.all(quantities.map((quantity) => inventory.stocked(quantity + 3)));
    const lines = products.map((product, index) => line(product, quantities[index] ?? 0));
    const request = { orderId: inventory.newOrder(), lines };
    await inventory.stock.reserve(request);
    await inventory.stock.commit(request);
    return { request, products: products as [number, ...number[]] };
  };
  let operations = 0;
  const restockOf = (orderId: string, ...lines: { productId: number; quantity: number }[]) => ({
    ...{ operationId: `refund-${String(++operations)}`, orderId, lines },
  });

  test('puts goods that were delivered back, once, and until all are back', async () => {
    const { request, products } = await sold(3);
    const [product] = products;
    const two = restockOf(request.orderId, line(product, 2));
    for (let attempt = 0; attempt < 3; attempt++) expect(await inventory.stock.restock(two)).toBe(true);
    expect(await inventory.levelOf(product)).toBe('5/0');
    const more = restockOf(request.orderId, line(product, 2));
    expect(await inventory.stock.restockShort(more)).toEqual({ productId: product, left: 1 });
    expect(await inventory.stock.restock(more)).toBe(false);
    expect(await inventory.stock.restock(restockOf(request.orderId, line(product, 1)))).toBe(true);
    expect(await inventory.levelOf(product)).toBe('6/0');
    // What was decided stays so.
    expect([await inventory.stock.restock(two), await inventory.stock.restock(more)]).toEqual([true, false]);
    expect(await inventory.stock.restockShort(more)).toBeUndefined();
  });

  test('of several products is of every one, or of nothing', async () => {
    const { request, products } = await sold(2, 1);
    const [one, two = 0] = products;
    expect(await inventory.stock.restock(restockOf(request.orderId, line(one, 1), line(two, 2)))).toBe(false);
    expect([await inventory.levelOf(one), await inventory.levelOf(two)]).toEqual(['3/0', '3/0']);
    expect(await inventory.stock.restock(restockOf(request.orderId, line(one, 1), line(two, 1)))).toBe(true);
    expect([await inventory.levelOf(one), await inventory.levelOf(two)]).toEqual(['4/0', '4/0']);
  });

  test('is for what was delivered alone: not for what is held, came back, or was never reserved', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    const nothing = { productId: product, left: 0 };
    const short = () => inventory.stock.restockShort(restockOf(request.orderId, line(product, 1)));
    expect(await short()).toEqual(nothing);
    await inventory.stock.reserve(request);
    expect(await short()).toEqual(nothing);
    expect(await inventory.stock.restock(restockOf(request.orderId, line(product, 1)))).toBe(false);
    await inventory.stock.commit(request);
    expect(await short()).toBeUndefined();
    await inventory.stock.release(request);
    expect(await short()).toEqual(nothing);
    expect(await inventory.stock.restock(restockOf(request.orderId, line(product, 1)))).toBe(false);
    expect(await inventory.levelOf(product)).toBe('5/0');
  });

  test('is no part of what a return puts back', async () => {
    const { request, products } = await sold(3);
    const [product] = products;
    await inventory.stock.restock(restockOf(request.orderId, line(product, 1)));
    expect(await inventory.stock.release(request)).toBe('returned');
    expect(await inventory.levelOf(product)).toBe('6/0');
  });
});

describe('setQuantity', () => {
  test('leaves alone what orders hold', async () => {
    const product = await inventory.stocked(5);
    await inventory.stock.reserve({ orderId: inventory.newOrder(), lines: [line(product, 2)] });
    expect(await inventory.stock.setQuantity(product, 40)).toMatchObject({
      productId: product,
      quantity: 40,
      reserved: 2,
    });
  });

  test('of a product stocked for the first time, by several at once, is one row', async () => {
    const product = 500_000;
    const set = await Promise.all(Array.from({ length: 10 }, () => inventory.stock.setQuantity(product, 7)));
    expect(set).toMatchObject(Array.from({ length: 10 }, () => ({ productId: product, quantity: 7, reserved: 0 })));
    expect(await inventory.stock.find(product)).toMatchObject({ productId: product, quantity: 7, reserved: 0 });
  });

  test('below zero is refused by the database', async () => {
    const product = await inventory.stocked(5);
    await expect(inventory.stock.setQuantity(product, -1)).rejects.toThrow();
    expect(await inventory.levelOf(product)).toBe('5/0');
  });
});
