import { z } from 'zod';

import { addressOrNullSchema, addressSchema, phoneSchema } from './address.js';
import { integerIdSchema, lineSchema, timeSchema } from './common.js';

export const ROLES = ['customer', 'admin', 'service'] as const;
export type Role = (typeof ROLES)[number];

export const emailSchema = z.email().max(320);
const nameSchema = lineSchema(200);
const passwordSchema = z.string().min(8).max(200);

export const signUpBodySchema = z
  .strictObject({
    email: emailSchema,
    name: nameSchema,
    password: passwordSchema,
    phone: phoneSchema.optional(),
    address: addressSchema.optional(),
  })
  .meta({ id: 'SignUp', examples: [{ email: 'carol@example.com', name: 'Carol', password: 'correct horse' }] });

export const userPatchBodySchema = z
  .strictObject({
    name: nameSchema.optional(),
    password: passwordSchema.optional(),
    currentPassword: z.string().max(200).optional().meta({ description: "With a new password of one's own." }),
    phone: phoneSchema.nullable().optional(),
    address: addressOrNullSchema.optional(),
    disabled: z.boolean().optional().meta({ description: 'Admins only.' }),
  })
  .meta({ id: 'UserPatch', description: 'null takes a value away.', examples: [{ phone: '+82 10 1234 5678' }] });

export const userSchema = z
  .object({
    id: integerIdSchema,
    email: z.string(),
    name: z.string(),
    phone: z.string().nullable(),
    address: addressOrNullSchema,
    roles: z.array(z.enum(ROLES)),
    disabled: z.boolean(),
    createdAt: timeSchema,
    updatedAt: timeSchema,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;

/** `GET /users/{id}/validation`: what an order and a notification need of a user. */
export const userValidationSchema = z
  .object({
    id: integerIdSchema,
    valid: z.boolean().meta({ description: 'false: disabled.' }),
    name: z.string(),
    email: z.string(),
    phone: z.string().nullable(),
    address: addressOrNullSchema,
  })
  .meta({ id: 'UserValidation' });
export type UserValidation = z.infer<typeof userValidationSchema>;
