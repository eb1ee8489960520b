import { beforeAll, describe } from 'vitest';
import { networkPolicies } from './dev/network-policies.js';
import { orders } from './dev/orders.js';
import { podsDeleted } from './dev/pods-deleted.js';
import { rolledOut } from './dev/rolled-out.js';
import { startProduct, type Product } from './support/product.js';

let product: Product | undefined;
const running = (): Product => {
  if (product === undefined) throw new Error('the product does not run');
  return product;
};
beforeAll(async () => {
  product = await startProduct();
});

describe('the dev overlay', () => orders(running));
describe('its network policies', () => networkPolicies(running));
describe('pods that are deleted one by one while orders are placed', () => podsDeleted(running));
describe('a changed Saga that is rolled out while orders are placed', () => rolledOut(running));
