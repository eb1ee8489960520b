import type { z } from 'zod';
import { createRoundRobin } from './round-robin.js';
import { ServiceAnsweredError, ServiceUnavailableError, failureReason, isNotConnected } from './errors.js';

/** Gives an access token. `refused`: one that somebody did not take; it is not given again. */
export type ServiceToken = (refused?: string) => Promise<string>;

export interface ServiceClientSettings {
  /** The service's name, for errors. */
  name: string;
  /** Its instances; calls take turns and leave out those that failed. */
  urls: string[];
  /** For a whole call, all tries together; each instance that is well gets an equal share of what is left of it. */
  timeoutMs: number;
  /** Gives the bearer token to send. After a 401 it is asked for another, and the call made once more with that. */
  token?: ServiceToken;
}

export interface ServiceRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Asking twice does what asking once does; a GET always is. */
  repeatable?: boolean;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

export interface ServiceClient {
  /**
   * The answer's JSON as the schema reads it; no schema for answers without a body. Throws ServiceAnsweredError on 4xx, and
   * ServiceUnavailableError for no answer in time, 5xx, or an answer that can't be read.
   */
  send<S extends z.ZodType = z.ZodUnknown>(request: ServiceRequest, schema?: S): Promise<z.output<S>>;
}

export function createServiceClient({ name, urls, timeoutMs, token }: ServiceClientSettings): ServiceClient {
  const instances = createRoundRobin(urls);

  const askAs = (
    bearer: string | undefined,
    base: string,
    { method, path, body, form, headers }: ServiceRequest,
    signal: AbortSignal,
  ): Promise<Response> =>
    fetch(`${base}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      signal,
    });

  // What was refused with a 401 did not happen, so a write may be repeated too.
  const ask = async (base: string, request: ServiceRequest, signal: AbortSignal): Promise<Response> => {
    const bearer = await token?.();
    const response = await askAs(bearer, base, request, signal);
    if (response.status !== 401 || token === undefined || bearer === undefined) return response;
    const another = await token(bearer);
    if (another === bearer) return response;
    await response.body?.cancel();
    return askAs(another, base, request, signal);
  };

  return {
    send: async <S extends z.ZodType = z.ZodUnknown>(request: ServiceRequest, schema?: S): Promise<z.output<S>> => {
      const deadline = Date.now() + timeoutMs;
      const { method, repeatable = method === 'GET' } = request;
      // A single address is asked twice: there may be many behind it, and a kept connection may just have been closed.
      const tries = urls.length === 1 ? [...urls, ...urls] : instances.inTurn();
      let reason: unknown;
      for (const [index, url] of tries.entries()) {
        // One that hangs must not use up the time of the others, nor one that is known to be away that of the last.
        const left = tries.slice(index);
        const sharers = instances.rests(url) ? left : left.filter((one) => !instances.rests(one));
        const shares = repeatable ? new Set(sharers).size : 1;
        const signal = AbortSignal.timeout(Math.max(1, Math.floor((deadline - Date.now()) / shares)));
        try {
          const response = await ask(url, request, signal);
          if (response.status < 500) {
            instances.worked(url);
            return (await read(name, response, schema)) as z.output<S>;
          }
          await response.body?.cancel();
          reason = new Error(`it answered ${String(response.status)}`);
        } catch (error) {
          if (error instanceof ServiceAnsweredError || error instanceof ServiceUnavailableError) throw error;
          reason = signal.aborted ? new Error(`no answer within ${String(timeoutMs)} ms`, { cause: error }) : error;
        }
        instances.failed(url);
        // It answered, or had its time.
        const wasThere = signal.aborted || !(reason instanceof TypeError);
        if (wasThere && tries[index + 1] === url) break;
        // The others may be gone: one that was only slow for its share has what they leave.
        if (repeatable && signal.aborted && index < urls.length - 1) tries.push(url);
        // A write that got no answer may have happened, so only its caller can repeat it.
        if (!repeatable && !(reason instanceof Error && isNotConnected(reason.cause))) break;
      }
      throw new ServiceUnavailableError(name, failureReason(reason), { cause: reason });
    },
  };
}

async function read(name: string, response: Response, schema: z.ZodType | undefined): Promise<unknown> {
  const text = await response.text();
  const body: unknown = text === '' ? undefined : parseJson(text);
  if (response.ok) {
    if (schema === undefined) return body;
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new ServiceUnavailableError(name, `it gave an answer that we don't understand`, { cause: parsed.error });
  }
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
  throw new ServiceAnsweredError(name, response.status, code);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
