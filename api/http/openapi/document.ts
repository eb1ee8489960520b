import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import type { ResponseConfig, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { accessRuleOf, TAGS } from '../../../contracts/http/operation.js';
import type { Answer, Operation, Operations } from '../../../contracts/http/operation.js';
import type { ServiceName } from '../../../contracts/services.js';
import { problemAnswers } from './problem-answers.js';
import { addRateLimitHeaders } from './rate-limit-headers.js';
import { registerSecuritySchemes, securityOf } from './security.js';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;
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
