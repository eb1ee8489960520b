import { beforeAll, expect, it } from 'vitest';
import { openShop, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../../support/shop.js';
import type { Product } from '../support/product.js';

interface Pods {
  items: object[];
}

export function orders(running: () => Product): void {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(running().gatewayUrl);
  });

  it('runs under Pod Security "restricted", which refuses what is less', async () => {
    const { items } = await running().kubectl.get<Pods>('pods');
    expect(items.length).toBeGreaterThan(13);
    const root = ['run', 'root', '--image=holdfast:local', '--dry-run=server'];
    await expect(running().kubectl.run(...root)).rejects.toThrow('violates PodSecurity "restricted');
  });

  it('takes an order through the gateway to its end', async () => {
    const tea = await stockedProduct(shop, { quantity: 5 });
    const { status, body } = await placeOrder(shop.alice, tea, { quantity: 2 });
    expect([201, 202]).toContain(status);
    await reaches(shop.alice, body.id, 'COMPLETED', 120_000);
    expect(await stockOf(shop, tea)).toEqual({ quantity: 3, reserved: 0 });
  });

  it('undoes one whose card is declined', async () => {
    const tea = await stockedProduct(shop, { quantity: 4 });
    const { body } = await placeOrder(shop.bob, tea, { quantity: 3, paymentMethod: 'card_declined' });
    const order = await reaches(shop.bob, body.id, 'CANCELLED', 120_000);
    expect(order.cancelReason).toBe('PAYMENT_DECLINED');
    expect(await stockOf(shop, tea)).toEqual({ quantity: 4, reserved: 0 });
  });
}
