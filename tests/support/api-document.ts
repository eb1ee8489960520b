import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Documented {
  headers?: Record<string, { required?: boolean; schema?: unknown; $ref?: string }>;
  content?: Record<string, unknown>;
}

interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Documented> }>>;
}

export interface SeenAnswer {
  method: string;
  path: string;
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. */
  body: unknown;
}

/** What says nothing of the operation: the connection's, the security headers of every answer, the trace's. */
const GENERAL =
  /^(connection|keep-alive|date|content-(type|length|encoding)|transfer-encoding|vary|etag|last-modified|accept-ranges|cache-control|referrer-policy|origin-agent-cluster|strict-transport-security|content-security-policy|cross-origin-.*|x-(accel-buffering|content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies|xss-protection)|allow)$/;

/** The document that a process answers at /openapi.json, to hold its answers against. */
export class ApiDocument {
  private readonly ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

  private constructor(readonly document: Document) {
    this.ajv.addSchema(closed(document) as object, 'document');
  }

  private static readonly known = new Map<string, Promise<ApiDocument>>();

  /** Asked for once from each address. */
  static of(baseUrl: string): Promise<ApiDocument> {
    const known = ApiDocument.known.get(baseUrl);
    if (known !== undefined) return known;
    const asked = fetch(new URL('/openapi.json', baseUrl)).then(
      async (answer) => new ApiDocument((await answer.json()) as Document),
    );
    ApiDocument.known.set(baseUrl, asked);
    asked.catch(() => ApiDocument.known.delete(baseUrl));
    return asked;
  }

  operationIds(): string[] {
    return Object.values(this.document.paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
  }

  methodOf(operationId: string): string {
    for (const item of Object.values(this.document.paths))
      for (const [method, operation] of Object.entries(item))
        if (operation.operationId === operationId) return method.toUpperCase();
    throw new Error(`there is no operation ${operationId}`);
  }

  /** The operation that was called. Throws when the answer is not as the document says. */
  check({ method, path, status, headers, body }: SeenAnswer): string | undefined {
    const template = this.templateOf(path);
    const operation = this.document.paths[template ?? '']?.[method.toLowerCase()];
    // Nobody promises anything there; that it is not there is still said as a problem.
    if (template === undefined || operation === undefined) return undefined;
    const problems = this.differences([template, method.toLowerCase()], operation.responses, { status, headers, body });
    if (problems.length === 0) return operation.operationId;
    throw new Error(
      `${method} ${path} answered ${status}, and not as /openapi.json says:\n  ${problems.join('\n  ')}\n  ${JSON.stringify(body)}`,
    );
  }

  private differences(
    [template, method]: [string, string],
    responses: Record<string, Documented>,
    { status, headers, body }: Pick<SeenAnswer, 'status' | 'headers' | 'body'>,
  ): string[] {
    const documented = responses[status];
    if (documented === undefined) return [`the status ${status} is not in it`];
    const type = headers.get('content-type')?.split(';')[0];
    const types = Object.keys(documented.content ?? {});
    if (type === undefined ? types.length > 0 : !types.includes(type))
      return [`the content type is ${type ?? 'not there'} instead of ${types.join(' or ') || 'none'}`];
    const differences = headerDifferences(documented.headers ?? {}, headers);
    if (type === undefined) return body === '' ? differences : [...differences, 'it has a body'];
    const pointer = ['paths', template, method, 'responses', String(status), 'content', type, 'schema'];
    const validate = this.ajv.getSchema(`document#/${pointer.map(escapePointer).join('/')}`);
    if (validate === undefined) return [...differences, 'its body has no schema'];
    if (validate(body) === true) return differences;
    const errors = (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `body${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
    return [...differences, ...errors];
  }

  /** The path of the document that fits; one without parameters before one with. */
  private templateOf(path: string): string | undefined {
    const bare = path.split('?')[0] ?? '';
    const fits = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare);
    return (
      Object.keys(this.document.paths).find((path) => path === bare) ?? Object.keys(this.document.paths).find(fits)
    );
  }
}

function headerDifferences(documented: NonNullable<Documented['headers']>, headers: Headers): string[] {
  const names = Object.keys(documented).map((name) => name.toLowerCase());
  const missing = Object.entries(documented).filter(([name, { required }]) => required === true && !headers.has(name));
  const unknown = [...headers.keys()].filter((name) => !names.includes(name) && !GENERAL.test(name));
  return [
    ...missing.map(([name]) => `the header ${name} is missing`),
    ...unknown.map((name) => `the header ${name} is not in it`),
  ];
}

/** The same, and fields that a schema does not name are refused: an answer must not have what nobody wrote down. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  const isOpenObject = inner['type'] === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return isOpenObject ? { ...inner, additionalProperties: false } : inner;
}

const escapePointer = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
