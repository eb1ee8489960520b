import { z } from 'zod';

import { ifMatchSchema, integerIdParamsSchema, notModified, versionHeader } from '../common.js';
import type { Operations } from '../operation.js';
import { signUpBodySchema, userPatchBodySchema, userSchema, userValidationSchema } from '../users.js';

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
