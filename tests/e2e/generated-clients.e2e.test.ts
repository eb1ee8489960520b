import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { beforeAll, expect, inject, test } from 'vitest';
import { checkout } from '../../stack/support/paths.js';
import { runCommand } from '../../stack/support/run-command.js';
import { fromPypi } from '../support/from-pypi.js';
import { openShop, orderOf, stockedProduct, type Shop } from '../support/shop.js';

const app = inject('app');
const folder = path.join(app.dir, 'generated-clients');
/** A busy machine compiles some hundred files, after it has fetched the generator. */
const LIMIT_MS = 300_000;
const documentUrl = `${app.gatewayUrl}/openapi.json`;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(app.gatewayUrl);
  await mkdir(folder, { recursive: true });
  return () => rm(folder, { recursive: true });
});

/** Compiles a program that prints the ids of the orders that it places, as strictly as TypeScript can, and runs it. */
async function runClient(name: string, source: string, signal: AbortSignal): Promise<string[]> {
  const dir = path.join(folder, name);
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, 'main.ts'), source);
  const compilerOptions = {
    ...{ strict: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom', 'dom.iterable'], types: ['node'] },
    // Of others' types; ours are used.
    skipLibCheck: true,
    outDir: 'out',
  };
  await writeFile(path.join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  const tsc = path.join(checkout, 'node_modules', 'typescript', 'bin', 'tsc');
  await runCommand(process.execPath, [tsc, '-p', dir], { signal });
  const { id } = await stockedProduct(shop);
  const told = { GATEWAY_URL: app.gatewayUrl, TOKEN: shop.alice.token ?? '', PRODUCT: `${id}` };
  const env = { ...process.env, ...told };
  const printed = await runCommand(process.execPath, [path.join(dir, 'out', 'main.js')], { env, signal });
  return printed.trim().split('\n');
}

/** One of each form that an order has. */
async function haveOrdered(ids: string[]): Promise<void> {
  const orders = await Promise.all(ids.map((id) => orderOf(shop.alice, id)));
  expect(orders.map(({ lines }) => lines.map(({ quantity }) => quantity))).toEqual([[1], [2]]);
}

test(
  'a client by openapi-typescript compiles strictly, and places orders',
  async ({ signal }) => {
    await mkdir(path.join(folder, 'fetch'), { recursive: true });
    // Or what has a default would have to be sent.
    const types = await openapiTS(new URL(documentUrl), { defaultNonNullable: false });
    await writeFile(path.join(folder, 'fetch', 'schema.d.ts'), astToString(types));
    const source = `
    import createClient from 'openapi-fetch';
    import type { components, paths } from './schema.js';
    const headers = { authorization: \`Bearer \${process.env['TOKEN']}\` };
    const client = createClient<paths>({ baseUrl: process.env['GATEWAY_URL']!, headers });
    const productId = Number(process.env['PRODUCT']);
    async function place(body: components['schemas']['NewOrder']): Promise<void> {
      const { data, error } = await client.POST('/orders', { body });
      if (error !== undefined) throw new Error(\`\${error.code}: \${error.detail}\`);
      console.log(data.id);
    }
    await place({ productId, quantity: 1 });
    await place({ items: [{ productId, quantity: 2 }] });
    // @ts-expect-error A price is never taken from the caller.
    const priced: components['schemas']['NewOrder'] = { productId, quantity: 1, price: 1 };
    void priced;`;
    await haveOrdered(await runClient('fetch', source, signal));
  },
  LIMIT_MS,
);

test(
  'a client by openapi-generator compiles strictly, and places orders',
  async ({ signal }) => {
    const requirements = path.join(checkout, 'tests', 'e2e', 'openapi-generator.txt');
    const fetched = await fromPypi({ name: 'openapi-generator', requirements, signal });
    const into = path.join(folder, 'generator', 'client');
    const args = ['generate', '-i', documentUrl, '-g', 'typescript-fetch', '-o', into];
    args.push('--additional-properties', 'importFileExtension=.js');
    const env = { ...process.env, PYTHONPATH: fetched };
    await runCommand(path.join(fetched, 'bin', 'openapi-generator-cli'), args, { env, signal });
    const source = `
    import { Configuration, OrdersApi, type NewOrder } from './client/index.js';
    const configuration = { basePath: process.env['GATEWAY_URL']!, accessToken: process.env['TOKEN']! };
    const orders = new OrdersApi(new Configuration(configuration));
    const productId = Number(process.env['PRODUCT']);
    const wanted: NewOrder[] = [{ productId, quantity: 1 }, { items: [{ productId, quantity: 2 }] }];
    for (const newOrder of wanted) console.log((await orders.placeOrder({ newOrder })).id);`;
    await haveOrdered(await runClient('generator', source, signal));
  },
  LIMIT_MS,
);
