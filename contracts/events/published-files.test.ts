import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';

import { TOPICS } from '../topics.js';
import { eventJsonSchemaOf } from './event-json-schema.js';

/** `npx vitest run contracts/events --update` writes them anew. */
it.each(TOPICS)('the schema file of %s is the one made from the code, and a JSON schema', async (topic) => {
  expect(new Ajv2020().validateSchema(eventJsonSchemaOf(topic))).toBe(true);
  const text = `${JSON.stringify(eventJsonSchemaOf(topic), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`schemas/${topic}.v1.schema.json`);
});
