import type { OpenApiDocument } from './document.js';

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
export function addRateLimitHeaders(document: OpenApiDocument): OpenApiDocument {
  const references = Object.fromEntries(
    Object.keys(HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
  for (const item of Object.values(document.paths ?? {}))
    for (const operation of Object.values(item as Record<string, { responses: Record<string, { headers?: object }> }>))
      for (const response of Object.values(operation.responses))
        response.headers = { ...response.headers, ...references };
  return { ...document, components: { ...document.components, headers: HEADERS } };
}
