import type { Request } from 'express';
import type { z } from 'zod';
import { Problem } from './problem.js';
import type { FieldError } from './problem.js';
import { unstorableTexts } from './unstorable-text.js';

/** Each throws a 400 Problem that names every field that is wrong or unknown. */
export function parseBody<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  requireJson(req);
  const body: unknown = req.body;
  return parse(schema, body ?? {}, 'body');
}

/** A body that nobody parsed is not an empty one: 415 says what is wrong, where 400 would name fields that are there. */
export function requireJson(req: Request): void {
  // null: there is no body. One of no bytes is none either.
  if (req.is('application/json') !== false || req.get('content-length') === '0') return;
  throw new Problem({ status: 415, code: 'unsupported-media-type', detail: 'The body must be application/json.' });
}

export function parseQuery<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return parse(schema, req.query, 'query');
}

export function parseParams<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return parse(schema, req.params, 'path');
}

function parse<S extends z.ZodType>(schema: S, input: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(input);
  const errors = parsed.success
    ? unstorableTexts(parsed.data).map((path) => ({ path, message: 'has a character that can not be stored' }))
    : parsed.error.issues.flatMap(fieldErrors);
  if (parsed.success && errors.length === 0) return parsed.data;
  throw new Problem({ status: 400, code: 'bad-request', detail: `The ${where} is not as it should be.`, errors });
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'unknown field' }));
  if (issue.code === 'invalid_union') {
    // What the alternative of the right type says; its neighbours say only that they are of another.
    const isOfAnotherType = (inner: z.core.$ZodIssue) => inner.code === 'invalid_type' && inner.path.length === 0;
    const closest = issue.errors.find((inner) => !inner.some(isOfAnotherType)) ?? [];
    if (closest.length > 0)
      return closest.flatMap((inner) => fieldErrors({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  return [{ path: path.join('.'), message: issue.message }];
}
