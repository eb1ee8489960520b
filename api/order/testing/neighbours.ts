import express from 'express';
import type { Product } from '../../../contracts/http/products.js';
import type { UserValidation } from '../../../contracts/http/users.js';
import { listen } from '../../../platform/listen.js';

export interface Neighbours {
  url: string;
  users: Map<number, UserValidation>;
  products: Map<number, Product>;
  /** What can be ordered of a product; none: it was never stocked. */
  stock: Map<number, number>;
  /** Answers 503 while true. */
  down: { users: boolean; products: boolean; stock: boolean };
  calls: { users: number; products: number; stock: number };
  close(): Promise<void>;
}

export const alice: UserValidation = {
  id: 1,
  valid: true,
  name: 'Alice',
  email: 'alice@example.com',
  phone: null,
  address: { name: 'Alice', line1: '1 Sejong-daero', city: 'Seoul', postalCode: '04524', country: 'KR' },
};

export const laptop: Product = {
  id: 1,
  name: 'MacBook Pro 16',
  description: '',
  category: 'Laptops',
  price: 3_500_000,
  currency: 'KRW',
  active: true,
};

/** What the order API asks of the user, the product and the inventory service, over HTTP as they answer it, and able to fail. */
export async function startNeighbours(stock = new Map<number, number>()): Promise<Neighbours> {
  const users = new Map([
    [1, alice],
    [2, { ...alice, id: 2, name: 'Bob', address: null }],
    [4, { ...alice, id: 4, valid: false }],
  ]);
  const products = new Map([
    [1, laptop],
    [2, { ...laptop, id: 2, name: 'Mouse', price: 100_000 }],
    [3, { ...laptop, id: 3, active: false }],
    [4, { ...laptop, id: 4, currency: 'USD' }],
    [5, { ...laptop, id: 5, price: 10 ** 14 }],
    [6, { ...laptop, id: 6, name: 'Sticker', price: 0 }],
  ]);
  const down = { users: false, products: false, stock: false };
  const calls = { users: 0, products: 0, stock: 0 };

  const app = express();
  app.get('/users/:id/validation', (req, res) => {
    calls.users += 1;
    if (down.users) return void res.status(503).end();
    const user = users.get(Number(req.params.id));
    res.status(user ? 200 : 404).json(user ?? { code: 'not-found' });
  });
  app.get('/products/:id', (req, res) => {
    calls.products += 1;
    if (down.products) return void res.status(503).end();
    const product = products.get(Number(req.params.id));
    res.status(product ? 200 : 404).json(product ?? { code: 'not-found' });
  });
  app.get('/inventory/:id', (req, res) => {
    calls.stock += 1;
    if (down.stock) return void res.status(503).end();
    const productId = Number(req.params.id);
    const quantity = stock.get(productId);
    if (quantity === undefined) return void res.status(404).json({ code: 'not-found' });
    res.json({ productId, quantity, reserved: 0 });
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  return { url: server.url, users, products, stock, down, calls, close: () => server.close() };
}
