import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { buildDocument } from '../../api/http/openapi.js';
import { forwardedOperations, gatewayOperations } from '../../contracts/http/operations.js';
import { internalOperations } from '../../contracts/http/sessions.js';
import { processOperations } from '../../contracts/http/processes.js';
import { routesOf } from './routes-of.js';
import { SERVICES } from './services.js';

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string }>>;
  tags: { name: string; description?: string }[];
  components: { schemas: Record<string, { description?: string; examples?: unknown[] }> };
}

const operationsIn = ({ paths }: Document): string[] =>
  Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));

const merged = JSON.parse(
  JSON.stringify(
    buildDocument('gateway', { ...forwardedOperations, ...gatewayOperations, ...processOperations('gateway') }),
  ),
) as Document;

describe.each(SERVICES)('the document of %s', (_name, app) => {
  it('is valid OpenAPI 3.1, and names each route and no other', async () => {
    const { body } = await request(app).get('/openapi.json').expect(200);
    const document = body as Document;
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(await new Validator().validate({ ...document })).toEqual({ valid: true });
    expect(operationsIn(document).sort()).toEqual(routesOf(app));
  });
});

describe('the document of the gateway', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(await new Validator().validate({ ...structuredClone(merged) })).toEqual({ valid: true });
  });

  it('has all that the services do for others than each other', () => {
    const internal = Object.values(internalOperations).map(({ method, path }) => `${method} ${path}`);
    const own = [...internal, 'get /metrics'];
    const routes = SERVICES.flatMap(([, app]) => routesOf(app)).filter((one) => !own.includes(one));
    expect(operationsIn(merged)).toEqual(expect.arrayContaining(routes));
    const ids = Object.values(merged.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has an order as one of two closed forms, so that what generates clients knows both', () => {
    const { NewOrder: order } = merged.components.schemas;
    const names = ['NewOrderOfOneProduct', 'NewOrderOfItems'];
    expect(order).toMatchObject({ oneOf: names.map((name) => ({ $ref: `#/components/schemas/${name}` })) });
    expect(order).not.toHaveProperty('anyOf');
    for (const name of names)
      expect(merged.components.schemas[name]).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it('says in words what each schema and each heading is', () => {
    const { schemas } = merged.components;
    const silent = Object.keys(schemas).filter((name) => schemas[name]?.description === undefined);
    expect(silent).toEqual([]);
    expect(merged.tags.filter(({ description }) => description === undefined)).toEqual([]);
  });

  it('has examples that are as its schemas say', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(merged, 'document');
    for (const [name, { examples = [] }] of Object.entries(merged.components.schemas)) {
      const validate = ajv.getSchema(`document#/components/schemas/${name}`)!;
      for (const example of examples)
        expect(validate(example), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
    }
  });
});
