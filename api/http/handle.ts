import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { ACCESS, Answer, Operation, Operations } from '../../contracts/http/operation.js';
import type { Principal } from './access.js';
import { parseBody, parseHeaders, parseParams, parseQuery } from './validate.js';
import type { Expected, Versioned } from '../../platform/database/versioned.js';

type Parsed<O extends Operation, Part extends 'params' | 'query' | 'headers' | 'body'> =
  O extends Record<Part, infer S extends z.ZodType> ? z.output<S> : undefined;

/** By what the operation does with an access token. */
interface Callers {
  required: Principal;
  optional: Principal | undefined;
  unread: undefined;
}

/**
 * A call of an operation. What its schemas read is parsed when it is asked for, and 400 if it is wrong: a handler that first finds
 * out who may know of a thing tells nobody else what is wrong with what they sent.
 */
export interface Call<O extends Operation> {
  readonly params: Parsed<O, 'params'>;
  readonly query: Parsed<O, 'query'>;
  readonly headers: Parsed<O, 'headers'>;
  readonly body: Parsed<O, 'body'>;
  readonly caller: Callers[(typeof ACCESS)[O['access']]['token']];
  readonly req: Request;
  readonly res: Response;
}

/** An answer with its status and its headers, for operations that have several, or that send headers. */
class Reply<Status, Body, Headers> {
  constructor(
    readonly status: Status,
    readonly body: Body,
    readonly headers: Headers,
  ) {}
}

export const reply = <const S extends number, B, const H extends Record<string, string | undefined>>(
  status: S,
  body: B,
  headers: H,
) => new Reply(status, body, headers);

/** The handler has answered by itself, such as with a stream. */
export const ANSWERED = Symbol('answered');

type BodyOf<A extends Answer> = A extends { schema: infer S extends z.ZodType } ? z.output<S> : void;
type HeadersOf<A extends Answer> = A extends { headers: infer H extends z.ZodObject } ? z.output<H> : object;

/** 304 is Express' own answer to `If-None-Match`. */
type Statuses<O extends Operation> = Exclude<keyof O['answers'] & number, 304>;
type Replies<O extends Operation> = {
  [S in Statuses<O>]: Reply<S, BodyOf<O['answers'][S]>, HeadersOf<O['answers'][S]>>;
}[Statuses<O>];
/** The bodies of answers that need no headers: such a body alone is the first of the operation's answers. */
type Bodies<O extends Operation> = {
  [S in Statuses<O>]: object extends HeadersOf<O['answers'][S]> ? BodyOf<O['answers'][S]> : never;
}[Statuses<O>];

type Result<O extends Operation> = Replies<O> | Bodies<O> | typeof ANSWERED;

/** What answers an operation; `route` puts its checks in front. */
export interface Handler<O extends Operation = Operation> {
  operation: O;
  handlers: RequestHandler[];
}

/** One for each operation, by its id: one that is missing, or another's, doesn't compile. */
export type Handlers<All extends Operations> = { [Id in keyof All]: Handler<All[Id]> };

/** `before`: what comes between the check of access and the parsing, such as rate limits. */
export function handle<const O extends Operation>(
  operation: O,
  fn: (call: Call<O>) => Result<O> | Promise<Result<O>>,
  { before = [] }: { before?: RequestHandler[] } = {},
): Handler<O> {
  const handler: RequestHandler = async (req, res) => {
    const result = await fn(callOf(operation, req, res));
    if (result !== ANSWERED) send(operation, res, result);
  };
  return { operation, handlers: [...before, handler] };
}

function callOf<O extends Operation>(operation: O, req: Request, res: Response): Call<O> {
  const { params, query, headers, body } = operation as Operation;
  return {
    get params() {
      return params && parseParams(params, req);
    },
    get query() {
      return query && parseQuery(query, req);
    },
    get headers() {
      return headers && parseHeaders(headers, req);
    },
    get body() {
      return body && parseBody(body, req);
    },
    caller: req.principal,
    req,
    res,
  } as Call<O>;
}

function send({ answers }: Operation, res: Response, result: unknown): void {
  const [first] = Object.keys(answers);
  const { status, body, headers } = (result instanceof Reply ? result : new Reply(Number(first), result, {})) as Reply<
    number,
    unknown,
    Record<string, string | undefined>
  >;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.set(name, value);
  const { schema, contentType } = answers[status] ?? {};
  if (contentType !== undefined) res.type(contentType);
  res.status(status);
  if (schema === undefined) res.end();
  else if (contentType === undefined || contentType.includes('json')) res.json(body);
  else res.send(body);
}

/** The thing, and the version of it that a change can name: RFC 9110, section 8.8.3. */
export const versioned = <T>({ version, ...thing }: Versioned<T>) =>
  reply(200, thing, { ETag: `"${String(version)}"` });

/**
 * Which versions the caller has seen, as If-Match says: RFC 9110, section 13.1.1. What is none of ours matches nothing, and so do
 * weak ones.
 */
export function expectedOf({ 'If-Match': header }: { 'If-Match'?: string | undefined }): Expected {
  const given = header?.trim();
  if (given === undefined) return undefined;
  if (given === '*') return 'existing';
  return given.split(',').flatMap((tag) => {
    const version = /^\s*"(\d{1,18})"\s*$/.exec(tag)?.[1];
    return version === undefined ? [] : [BigInt(version)];
  });
}
