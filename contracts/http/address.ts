import iso3166 from 'iso-3166-1';
import { z } from 'zod';

import { lineSchema } from './common.js';

const countrySchema = z
  .enum(
    iso3166.all().map(({ alpha2 }) => alpha2),
    'must be an ISO 3166 alpha-2 code, such as "KR"',
  )
  .meta({ id: 'Country', description: 'ISO 3166-1 alpha-2.', examples: ['KR'] });

/** E.164-like: digits, and what people write between them. */
export const phoneSchema = z.string().regex(/^\+?[0-9][0-9 ().-]{4,30}$/, 'must be a phone number');

export const EXAMPLE_ADDRESS = {
  name: 'Alice',
  line1: '1 Sejong-daero',
  city: 'Seoul',
  postalCode: '04524',
  country: 'KR',
};

export const addressSchema = z
  .strictObject({
    name: lineSchema(200),
    line1: lineSchema(200),
    line2: lineSchema(200).optional(),
    city: lineSchema(100),
    postalCode: lineSchema(20),
    country: countrySchema,
    phone: phoneSchema.optional(),
  })
  .meta({
    id: 'Address',
    description: 'Where a parcel goes.',
    examples: [EXAMPLE_ADDRESS],
  });

/** A union and not `nullable()`, which the document's generator would take for an address that needs a type beside null. */
export const addressOrNullSchema = z.union([addressSchema, z.null()]);

export type Address = z.infer<typeof addressSchema>;
