import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import currencies from 'currency-codes';
import iso3166 from 'iso-3166-1';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { buildDocument } from '../api/http/openapi.js';
import { CARRIER_EVENTS } from '../contracts/http/deliveries.js';
import { forwardedOperations, gatewayOperations } from '../contracts/http/operations.js';
import { minorUnitDigits } from '../contracts/money.js';

// Part of `npm run generate`: the shop's client is typed by the API's own document, and what the API knows by lists that
// would bring its packages into a browser comes as those lists alone.

const folder = path.join(import.meta.dirname, 'src', 'api', 'generated');

// As everybody else reads it: without functions that JSON leaves out.
const document = JSON.parse(
  JSON.stringify(buildDocument('gateway', { ...forwardedOperations, ...gatewayOperations })),
) as OpenAPI3;
// Or what has a default would have to be sent.
const types = await openapiTS(document, { defaultNonNullable: false });

const otherDigits = currencies
  .codes()
  .map((code) => [code, minorUnitDigits(code)] as const)
  .filter(([, digits]) => digits !== 2);
const countries = iso3166.all().map(({ alpha2 }) => alpha2);

mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'schema.ts'), astToString(types));
writeFileSync(
  path.join(folder, 'lists.ts'),
  `/** Decimals of each minor unit that has not two, by ISO 4217. */
export const OTHER_MINOR_UNITS: Record<string, number> = ${JSON.stringify(Object.fromEntries(otherDigits))};

/** ISO 3166-1 alpha-2. */
export const COUNTRIES = ${JSON.stringify(countries)} as const;

export const CARRIER_EVENTS = ${JSON.stringify(CARRIER_EVENTS)} as const;
`,
);
