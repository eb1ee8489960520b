import { Ajv, type AnySchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import specs from '@asyncapi/specs';
import { expect, it } from 'vitest';
import { TOPICS, USER_TOPICS } from '../topics.js';
import { asyncApiDocument, eventJsonSchemaOf } from './published-files.js';

// `npx vitest run contracts/events --update` writes the files anew.
const asText = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

it.each([...TOPICS, ...USER_TOPICS])(
  'the schema file of %s is the one made from the code, and a JSON schema',
  async (topic) => {
    const schema = eventJsonSchemaOf(topic);
    expect(new Ajv2020().validateSchema(schema)).toBe(true);
    await expect(asText(schema)).toMatchFileSnapshot(`schemas/${topic}.v1.schema.json`);
  },
);

it('docs/asyncapi.json is the one made from the code', async () => {
  await expect(asText(asyncApiDocument())).toMatchFileSnapshot('../../docs/asyncapi.json');
});

it('the AsyncAPI document fits the official schema of AsyncAPI 3.0', { timeout: 60_000 }, () => {
  // It brings its own copy of the meta schema.
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
  addFormats.default(ajv);
  const isValid = ajv.compile<object>(specs.schemas['3.0.0'] as AnySchemaObject);
  expect([isValid(asyncApiDocument()), isValid.errors]).toEqual([true, null]);
});

it('the AsyncAPI document says in words what each channel, operation and message is', () => {
  const { channels, operations, components } = asyncApiDocument() as Record<
    'channels' | 'operations',
    Record<string, { description?: string }>
  > & { components: { messages: Record<string, { summary?: string }> } };
  const described = { ...channels, ...operations };
  expect(Object.keys(described).filter((name) => !described[name]?.description)).toEqual([]);
  expect(Object.keys(components.messages).filter((name) => !components.messages[name]?.summary)).toEqual([]);
});

it('each reference in the AsyncAPI document leads somewhere', () => {
  const document = asyncApiDocument();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => String(path));
  expect(references.length).toBeGreaterThan(TOPICS.length);
  for (const reference of references) expect(document).toHaveProperty(reference.split('/'));
});

it('its examples fit its payloads', () => {
  const ajv = new Ajv();
  addFormats.default(ajv);
  const { components } = asyncApiDocument() as {
    components: { messages: Record<string, { payload: AnySchemaObject; examples?: { payload: unknown }[] }> };
  };
  const examples = Object.values(components.messages).flatMap(({ payload, examples = [] }) =>
    examples.map((example) => ({ valid: ajv.compile(payload), example: example.payload })),
  );
  expect(examples).toHaveLength(TOPICS.length + USER_TOPICS.length);
  for (const { valid, example } of examples) expect([valid(example), valid.errors]).toEqual([true, null]);
});
