import type { z } from 'zod';
import type { ServiceName } from '../services.js';
import type { ProblemCode } from './problem.js';
import type { Role } from './users.js';

/** What operations are listed under. */
export const TAGS = {
  Orders: 'Placing, following and cancelling orders; and what operators do where one waits for them.',
  Products: 'The catalog.',
  Inventory: 'Stock, by product.',
  Payments: 'Charges and refunds.',
  Deliveries: 'Parcels, and what carriers report of them.',
  Notifications: 'What customers were told.',
  Users: 'Customers and admins.',
  'Sessions and tokens': 'Logging in, and the tokens and keys of it.',
  'The process itself': 'Health, metrics and documents.',
} as const;

export type Tag = keyof typeof TAGS;

interface AccessRule {
  /** `optional`: one that is sent must be valid. `unread`: what stands in Authorization is not looked at. */
  token: 'required' | 'optional' | 'unread';
  /** Any of them. Not there: the route decides by what is asked for. */
  roles?: readonly Role[];
  /** For readers of the API's document. */
  text: string;
}

/** Who may call. Guards, the gateway's public routes and the document are all made of it. */
export const ACCESS = {
  anyone: { token: 'optional', text: 'Anyone.' },
  /** Also for one whose access token has run out, so that they can get a new one. */
  'without-token': { token: 'unread', text: 'Anyone; an access token is not looked at.' },
  client: { token: 'unread', text: 'A registered client, by its id and secret.' },
  'session-cookie': { token: 'unread', text: 'A page in a browser, by the cookie of its session.' },
  carrier: { token: 'unread', text: 'A carrier, by its signature.' },
  'payment-provider': { token: 'unread', text: 'A payment provider, by its signature.' },
  customer: { token: 'required', roles: ['customer', 'admin'], text: 'Customers; admins for anyone.' },
  self: { token: 'required', text: 'Any user, of themselves.' },
  'owner-or-admin': { token: 'required', text: 'Its owner, and admins.' },
  'service-or-admin': { token: 'required', roles: ['service', 'admin'], text: 'Services, and admins.' },
  admin: { token: 'required', roles: ['admin'], text: 'Admins.' },
} as const satisfies Record<string, AccessRule>;

export type Access = keyof typeof ACCESS;

export const accessRuleOf = ({ access }: Pick<Operation, 'access'>): AccessRule => ACCESS[access];

export interface Answer {
  description: string;
  /** Not there: the answer has no body. */
  schema?: z.ZodType;
  /** Default: application/json. */
  contentType?: string;
  /** One that is not optional here is always sent. */
  headers?: z.ZodObject;
}

/** One route, as pure data: what validates it, guards it, forwards to it and documents it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/orders/{id}`. */
  path: `/${string}`;
  service: ServiceName;
  /** What it is listed under. */
  tag: Tag;
  summary: string;
  description?: string;
  access: Access;
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodType;
  /** Default: application/json. */
  bodyType?: string;
  /** By status: the good ones. */
  answers: Record<number, Answer>;
  /** Those of its own; what follows from access, parameters and body needs no naming. */
  problems?: readonly ProblemCode[];
}

/** By operationId. */
export type Operations = Record<string, Operation>;
