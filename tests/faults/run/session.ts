import { openShop, type Shop } from '../../support/shop.js';
import type { World } from './world.js';

/** A token lasts for 15 minutes, a run may last for longer. */
const renewEveryMs = 5 * 60_000;

/** The customers and the admin, who log in again before their tokens end. */
export async function openSession(world: World): Promise<{ shop: () => Shop; close: () => void }> {
  let shop = await openShop(world.gatewayUrl);
  const renewing = setInterval(() => {
    openShop(world.gatewayUrl).then(
      (renewed) => (shop = renewed),
      () => undefined,
    );
  }, renewEveryMs);
  return { shop: () => shop, close: () => clearInterval(renewing) };
}
