import { z } from 'zod';
import { addressOrNullSchema, addressSchema, EXAMPLE_ADDRESS, phoneSchema } from './address.js';
import {
  integerIdSchema,
  lineSchema,
  textSchema,
  timeSchema,
  ifMatchSchema,
  integerIdParamsSchema,
  notModified,
  pageOf,
  pageQuerySchema,
  versionHeader,
} from './common.js';
import type { Operations } from './operation.js';

export const ROLES = ['customer', 'admin', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** What most mail servers take: RFC 5321's lengths, and names of hosts that end in no hyphen. It stands in the API's document too. */
const EMAIL =
  /^(?!\.)(?!.*\.\.)[A-Za-z0-9_'+.-]{0,63}[A-Za-z0-9_+-]@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;
export const emailSchema = z.email({ pattern: EMAIL, abort: true }).max(320).meta({ pattern: EMAIL.source });
const nameSchema = lineSchema(200);
const passwordSchema = textSchema(200)
  .min(8)
  .regex(/[^\s\ufeff]/, 'must not be blank')
  .meta({
    description:
      'Neither one of the ten thousand commonest, nor the e-mail address or what stands before its `@`. Compared in Unicode’s form NFKC.',
  });

export const signUpBodySchema = z
  .strictObject({
    email: emailSchema,
    name: nameSchema,
    password: passwordSchema,
    phone: phoneSchema.optional(),
    address: addressSchema.optional(),
  })
  .meta({
    id: 'SignUp',
    description: 'Who wants to become a customer.',
    examples: [{ email: 'carol@example.com', name: 'Carol', password: 'correct horse' }],
  });

const userPatchBodySchema = z
  .strictObject({
    name: nameSchema.optional(),
    password: passwordSchema.optional(),
    currentPassword: textSchema(200).optional().meta({ description: "With a new password of one's own." }),
    phone: phoneSchema.nullable().optional(),
    address: addressOrNullSchema.optional(),
    disabled: z.boolean().optional().meta({ description: 'By an admin, never their own.' }),
    admin: z.boolean().optional().meta({
      description:
        'Gives or takes the role `admin`: by an admin, never their own. What is taken ends all sessions of the user.',
    }),
  })
  .meta({ id: 'UserPatch', description: 'null takes a value away.', examples: [{ phone: '+82 10 1234 5678' }] });

export const EXAMPLE_USER = {
  id: 1,
  email: 'alice@example.com',
  name: 'Alice',
  phone: null,
  address: null,
  roles: ['customer'],
  disabled: false,
  createdAt: '2026-01-31T12:00:00.000Z',
  updatedAt: '2026-01-31T12:00:00.000Z',
};

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
  .meta({
    id: 'User',
    description: 'A user, without the password.',
    examples: [EXAMPLE_USER],
  });
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
  .meta({
    id: 'UserValidation',
    description: 'What an order and a notification need of a user.',
    examples: [
      {
        id: 1,
        valid: true,
        name: 'Alice',
        email: 'alice@example.com',
        phone: null,
        address: EXAMPLE_ADDRESS,
      },
    ],
  });
export type UserValidation = z.infer<typeof userValidationSchema>;

const usersQuerySchema = pageQuerySchema.extend({
  email: emailSchema.optional().meta({ description: 'Whose it is, in whatever case.' }),
});

const common = { service: 'user-service', tag: 'Users' } as const;

export const userOperations = {
  signUp: {
    ...common,
    method: 'post',
    path: '/users',
    summary: 'Sign up',
    access: 'anyone',
    body: signUpBodySchema,
    answers: {
      201: {
        description: 'The new user, a customer.',
        schema: userSchema,
        headers: z.object({ Location: z.string().meta({ examples: ['/users/4'] }) }),
      },
    },
    problems: ['email-taken', 'too-many-requests', 'service-unavailable'],
  },
  listUsers: {
    ...common,
    method: 'get',
    path: '/users',
    summary: 'Users, newest first',
    access: 'admin',
    query: usersQuerySchema,
    answers: { 200: { description: 'A page of users.', schema: pageOf(userSchema) } },
    problems: ['forbidden'],
  },
  getOwnUser: {
    ...common,
    method: 'get',
    path: '/users/me',
    summary: 'Who the access token is of',
    description: 'Somebody who comes from an outside provider gets a user here when first seen, and learns its id.',
    access: 'self',
    answers: { 200: { description: 'The user.', schema: userSchema, headers: versionHeader }, ...notModified },
    problems: ['forbidden', 'not-found'],
  },
  getUser: {
    ...common,
    method: 'get',
    path: '/users/{id}',
    summary: 'A user',
    access: 'owner-or-admin',
    params: integerIdParamsSchema,
    answers: { 200: { description: 'The user.', schema: userSchema, headers: versionHeader }, ...notModified },
    problems: ['forbidden', 'not-found'],
  },
  changeUser: {
    ...common,
    method: 'patch',
    path: '/users/{id}',
    summary: 'Change a user',
    access: 'owner-or-admin',
    params: integerIdParamsSchema,
    headers: ifMatchSchema,
    body: userPatchBodySchema,
    answers: { 200: { description: 'The user as it is now.', schema: userSchema, headers: versionHeader } },
    problems: [
      'precondition-failed',
      'forbidden',
      'wrong-password',
      'too-many-requests',
      'service-unavailable',
      'not-found',
    ],
  },
  validateUser: {
    ...common,
    method: 'get',
    path: '/users/{id}/validation',
    summary: 'What another service needs of a user',
    access: 'service-or-admin',
    params: integerIdParamsSchema,
    answers: {
      200: { description: 'Whether they may order, and where they are reached.', schema: userValidationSchema },
    },
    problems: ['not-found'],
  },
} as const satisfies Operations;
