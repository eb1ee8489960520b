import { z } from 'zod';

import { addressSchema, phoneSchema } from './address.js';
import { integerIdSchema, timeSchema } from './common.js';

export const ROLES = ['customer', 'admin', 'service'] as const;
export type Role = (typeof ROLES)[number];

export const emailSchema = z.email().max(320);
const nameSchema = z.string().trim().min(1).max(200);
const passwordSchema = z.string().min(8).max(200);

export const signUpBodySchema = z.strictObject({
  email: emailSchema,
  name: nameSchema,
  password: passwordSchema,
  phone: phoneSchema.optional(),
  address: addressSchema.optional(),
});

/** null takes the value away. */
export const userPatchBodySchema = z.strictObject({
  name: nameSchema.optional(),
  password: passwordSchema.optional(),
  phone: phoneSchema.nullable().optional(),
  address: addressSchema.nullable().optional(),
  /** Admins only. */
  disabled: z.boolean().optional(),
});

export const userSchema = z.object({
  id: integerIdSchema,
  email: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  address: addressSchema.nullable(),
  roles: z.array(z.enum(ROLES)),
  disabled: z.boolean(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type User = z.infer<typeof userSchema>;

/** `GET /users/{id}/validation`: what an order and a notification need of a user. */
export const userValidationSchema = z.object({
  id: integerIdSchema,
  /** false: disabled. */
  valid: z.boolean(),
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  address: addressSchema.nullable(),
});
export type UserValidation = z.infer<typeof userValidationSchema>;
