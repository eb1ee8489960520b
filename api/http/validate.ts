import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { ProblemError, type FieldError } from './problem.js';

/** Each throws a 400 Problem that names every field that is wrong or unknown. */
export function parseBody<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  requireJson(req);
  const body: unknown = req.body;
  return parse(schema, body === undefined ? {} : body, 'request body');
}

/** A body that nobody parsed is not an empty one: 415 says what is wrong, where 400 would name fields that are there. */
export function requireJson(req: Request): void {
  // null: there is no body. One of no bytes is none either.
  if (req.is('application/json') !== false || req.get('content-length') === '0') return;
  throw new ProblemError({ status: 415, code: 'unsupported-media-type', detail: 'The body must be application/json.' });
}

export function parseQuery<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return parse(schema, req.query, 'query parameters');
}

export function parseParams<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return parse(schema, req.params, 'path parameters');
}

/** By the names that the schema has: in a request they stand in any case. */
export function parseHeaders<S extends z.ZodObject>(schema: S, req: Request): z.output<S> {
  const sent = Object.keys(schema.shape).flatMap((name) => {
    const value = req.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return parse(schema, Object.fromEntries(sent), 'request headers');
}

const noQuery = z.strictObject({});

/** For an operation without query parameters: what was mistyped would be lost without a word. */
export const refuseQuery: RequestHandler = (req, _res, next) => {
  parseQuery(noQuery, req);
  next();
};

function parse<S extends z.ZodType>(schema: S, input: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(input);
  const errors = parsed.success
    ? unstorableTexts(parsed.data).map((path) => ({ path, message: 'must not contain NUL or unpaired surrogates' }))
    : parsed.error.issues.flatMap(fieldErrors);
  if (parsed.success && errors.length === 0) return parsed.data;
  throw new ProblemError({ status: 400, code: 'bad-request', detail: `Invalid ${where}.`, errors });
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is unknown' }));
  if (issue.code === 'invalid_union') {
    const closest = closestOf(issue.errors);
    if (closest.length > 0)
      return closest.flatMap((inner) => fieldErrors({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  return [{ path: path.join('.'), message: issue.message }];
}

/** What the alternative that was meant has against it: it is of the right type, and has most of the fields that were sent. */
function closestOf(alternatives: z.core.$ZodIssue[][]): z.core.$ZodIssue[] {
  const isOfAnotherType = (issue: z.core.$ZodIssue) => issue.code === 'invalid_type' && issue.path.length === 0;
  const unknownFields = (issues: z.core.$ZodIssue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
  const [closest = alternatives[0] ?? []] = alternatives
    .filter((issues) => !issues.some(isOfAnotherType))
    .sort((a, b) => unknownFields(a) - unknownFields(b));
  return closest;
}

/** A NUL, or half of a surrogate pair: JSON can say them, PostgreSQL can't keep them. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** The paths of the texts in a parsed value that no database of ours could store. */
export function unstorableTexts(value: unknown, path: string[] = []): string[] {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? [path.join('.')] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unstorableTexts(inner, [...path, key]));
}
