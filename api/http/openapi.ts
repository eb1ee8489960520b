import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { accessRuleOf, TAGS, type Answer, type Operation, type Operations } from '../../contracts/http/operation.js';
import type { ServiceName } from '../../contracts/services.js';
import { Router } from 'express';
import { processOperations } from '../../contracts/http/processes.js';
import { z } from 'zod';
import { SESSION_COOKIE } from '../../contracts/http/sessions.js';
import { PROBLEMS, problemKindOf, problemSchema, type ProblemCode } from '../../contracts/http/problem.js';

type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;
type Schema = NonNullable<NonNullable<OpenApiDocument['components']>['schemas']>[string];

/** The OpenAPI 3.1 document of what a process answers. Operations of other services are those that it passes on. */
export function buildDocument(service: ServiceName, operations: Operations): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registerSecuritySchemes(registry);
  for (const [operationId, operation] of Object.entries(operations))
    registry.registerPath(toRoute(operationId, operation, { forwarded: operation.service !== service }));
  const generator = new OpenApiGeneratorV31(registry.definitions, { sortComponents: 'alphabetically' });
  const document = generator.generateDocument({
    openapi: '3.1.0',
    info: {
      title: service === 'gateway' ? 'Holdfast' : `Holdfast: ${service}`,
      version: '1',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values(operations).map(({ tag }) => tag))].map((tag) => ({
      name: tag,
      description: TAGS[tag],
    })),
  });
  for (const schema of Object.values(document.components?.schemas ?? {})) excludeEachOther(schema);
  return service === 'gateway' ? addRateLimitHeaders(document) : document;
}

/** Alternatives that are objects by name are closed. As `anyOf`, what generates clients would take the fields of both for one object's. */
function excludeEachOther(schema: Schema): void {
  if ('$ref' in schema || !schema.anyOf?.every((alternative) => '$ref' in alternative)) return;
  schema.oneOf = schema.anyOf;
  delete schema.anyOf;
}

const DESCRIPTION = [
  'Money is an integer in the minor unit of an ISO 4217 currency; KRW has none, so 3500000 is 3,500,000 won.',
  'Times are RFC 3339 UTC. Unknown fields in a body, and unknown query parameters, are refused.',
  'Lists page by `limit` and `cursor`, newest first. Every error is a problem document (RFC 9457).',
  '`OPTIONS` of each path is 204 and names its methods in `Allow`, as 405 does where another is sent.',
  'Trace context (W3C or B3) of the caller is continued.',
  'There are no CORS headers: a page of another origin needs a server of its own in between. Browsers read event streams with',
  '`fetch`, since `EventSource` sends no `Authorization`.',
].join(' ');

function toRoute(operationId: string, operation: Operation, { forwarded }: { forwarded: boolean }): RouteConfig {
  const { method, path, tag, summary, description, params, query, headers, body, bodyType, answers } = operation;
  const good = Object.entries(answers).map(([status, answer]) => [status, toResponse(answer)] as const);
  const responses = { ...Object.fromEntries(good), ...problemAnswers(operation, { forwarded }) };
  return {
    method,
    path,
    operationId,
    tags: [tag],
    summary,
    description: [description, `**Who:** ${accessRuleOf(operation).text}`].filter(Boolean).join('\n\n'),
    security: securityOf(operation),
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(headers && { headers }),
      ...(body && {
        body: {
          required: !body.safeParse({}).success,
          content: { [bodyType ?? 'application/json']: { schema: body } },
        },
      }),
    },
    responses,
  };
}

function toResponse({ description, schema, contentType = 'application/json', headers }: Answer): ResponseConfig {
  return {
    description,
    ...(headers && { headers }),
    ...(schema && { content: { [contentType]: { schema } } }),
  };
}

/** GET /openapi.json: what the process answers, made when it is first asked for. */
export function documentRoute(service: ServiceName, operations: Operations): Router {
  let document: OpenApiDocument | undefined;
  return Router().get('/openapi.json', (_req, res) => {
    document ??= buildDocument(service, { ...operations, ...processOperations(service) });
    res.json(document);
  });
}

/** The error answers of an operation, by status. `forwarded`: seen from the gateway's callers. */
function problemAnswers(operation: Operation, { forwarded }: { forwarded: boolean }): Record<string, ResponseConfig> {
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

const HEADERS: NonNullable<NonNullable<OpenApiDocument['components']>['headers']> = {
  RateLimit: {
    description: 'What is left of each limit.',
    required: false,
    schema: { type: 'string', examples: ['"requests";r=1199;t=60'] },
  },
  'RateLimit-Policy': {
    description: 'The limits that count this request.',
    required: false,
    schema: { type: 'string', examples: ['"requests";q=1200;w=60'] },
  },
};

/** Any answer of the gateway may have them, so they stand in the document once, and are referred to. */
function addRateLimitHeaders(document: OpenApiDocument): OpenApiDocument {
  const references = Object.fromEntries(
    Object.keys(HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
  for (const item of Object.values(document.paths ?? {}))
    for (const operation of Object.values(item as Record<string, { responses: Record<string, { headers?: object }> }>))
      for (const response of Object.values(operation.responses))
        response.headers = { ...response.headers, ...references };
  return { ...document, components: { ...document.components, headers: HEADERS } };
}

type Requirement = Record<string, string[]>;

function registerSecuritySchemes(registry: OpenAPIRegistry): void {
  registry.registerComponent('securitySchemes', 'accessToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A user’s, from `POST /sessions`.',
  });
  registry.registerComponent('securitySchemes', 'clientToken', {
    type: 'oauth2',
    description: 'A service’s or another system’s, from `POST /oauth/token`.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
  });
  registry.registerComponent('securitySchemes', 'clientSecret', {
    type: 'http',
    scheme: 'basic',
    description: 'A registered client’s id and secret; they may also be in the body.',
  });
  registry.registerComponent('securitySchemes', 'sessionCookie', {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE.name,
    description: 'A browser’s, from `POST /sessions/cookie`.',
  });
  registry.registerComponent('securitySchemes', 'carrierSignature', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Carrier-Signature',
    description:
      '`t=<unix seconds>,kid=<key id>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, at most 5 minutes old, by a key that the carrier was given.',
  });
  registry.registerComponent('securitySchemes', 'providerSignature', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Provider-Signature',
    description:
      'The simulated payment provider’s, made as a carrier’s; another provider has a rule and a header of its own.',
  });
}

/** Any one of these is enough. */
function securityOf(operation: Operation): Requirement[] {
  if (operation.access === 'carrier') return [{ carrierSignature: [] }];
  if (operation.access === 'payment-provider') return [{ providerSignature: [] }];
  if (operation.access === 'session-cookie') return [{ sessionCookie: [] }];
  if (operation.access === 'client') return [{ clientSecret: [] }, {}];
  const { token, roles } = accessRuleOf(operation);
  const forServices = roles?.includes('service') === true ? [{ clientToken: [] }] : [];
  switch (token) {
    case 'unread':
      return [];
    case 'optional':
      return [{}, { accessToken: [] }];
    case 'required':
      return [{ accessToken: [] }, ...forServices];
  }
}
