import type { ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { accessRuleOf } from '../../../contracts/http/operation.js';
import type { Operation } from '../../../contracts/http/operation.js';
import { PROBLEMS, problemKindOf, problemSchema } from '../../../contracts/http/problem.js';
import type { ProblemCode } from '../../../contracts/http/problem.js';

/** The error answers of an operation, by status. `forwarded`: seen from the gateway's callers. */
export function problemAnswers(
  operation: Operation,
  { forwarded }: { forwarded: boolean },
): Record<string, ResponseConfig> {
  const codes = problemCodes(operation, forwarded);
  const statuses = [...new Set(codes.map((code) => problemKindOf(code).status))];
  const codesOf = (status: number) => codes.filter((code) => problemKindOf(code).status === status);
  return Object.fromEntries(statuses.map((status) => [String(status), answerOf(status, codesOf(status))]));
}

function problemCodes(operation: Operation, forwarded: boolean): ProblemCode[] {
  const { params, query, headers, body, problems = [] } = operation;
  const { token, roles } = accessRuleOf(operation);
  const codes: ProblemCode[] = [...problems, 'database-unavailable', 'internal-error'];
  if (token !== 'unread') codes.push('unauthorized', 'signing-keys-unavailable', ...OUTSIDE);
  if (roles !== undefined) codes.push('forbidden');
  if (params ?? query ?? headers ?? body) codes.push('bad-request');
  if (body) codes.push('payload-too-large', 'unsupported-media-type');
  if (forwarded) codes.push('too-many-requests', 'answer-lost', 'service-unavailable', 'service-timeout');
  // In the order of the table, each once.
  return CODES.filter((code) => codes.includes(code));
}

/** What a token of an outside provider can come to, wherever a token is looked at. */
const OUTSIDE = ['email-not-verified', 'email-of-another-user', 'user-disabled', 'user-unavailable'] as const;

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

function answerOf(status: number, codes: ProblemCode[]): ResponseConfig {
  const [first, ...others] = codes.map(schemaOf);
  const schema = first === undefined || others.length === 0 ? first : z.union([first, ...others]);
  return {
    description: codes.map((code) => `\`${code}\`: ${problemKindOf(code).text}`).join('\n\n'),
    headers: headersOf(status, codes),
    content: { 'application/problem+json': { ...(schema === undefined ? {} : { schema }) } },
  };
}

function headersOf(status: number, codes: ProblemCode[]): z.ZodObject {
  const retryAfter = z.string().meta({ description: 'In seconds.', examples: ['5'] });
  const retried = codes.filter((code) => problemKindOf(code).retry);
  return z.object({
    ...(status === 401 ? { 'WWW-Authenticate': z.string() } : {}),
    ...(retried.length > 0
      ? { 'Retry-After': retried.length === codes.length ? retryAfter : retryAfter.optional() }
      : {}),
    ...Object.assign({}, ...codes.map((code) => problemKindOf(code).headers ?? {})),
  });
}

/** One schema for each code, so that a code has one name in every document. */
const schemas = new Map<ProblemCode, z.ZodObject>(
  CODES.map((code) => {
    const { status, text, members = {} } = problemKindOf(code);
    const schema = problemSchema.extend({ status: z.literal(status), code: z.literal(code), ...members });
    return [code, schema.meta({ id: `${pascalCase(code)}Problem`, description: text })];
  }),
);

function schemaOf(code: ProblemCode): z.ZodObject {
  return schemas.get(code) ?? problemSchema;
}

function pascalCase(code: string): string {
  return code.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
