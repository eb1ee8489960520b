import { Readable } from 'node:stream';
import { Agent, errors } from 'undici';
import type { Dispatcher } from 'undici';
import { isNotConnected } from '../../../clients/errors.js';
import { CLIENT_REST_MS } from '../../../platform/listen.js';

/** Event streams say something more often than that, and whatever else is silent in the middle of an answer hangs. */
const silenceMs = 60_000;

/** Connections to all instances of all services. `bodyTimeout`: how long an answer that has begun may be silent, in ms. */
export const createAgent = ({ bodyTimeout = silenceMs } = {}): Agent =>
  new Agent({
    connect: { timeout: 2000 },
    // One that stops answers what comes on its connections for a little longer than that: no request is ever sent on one
    // that is being closed.
    keepAliveTimeout: CLIENT_REST_MS,
    keepAliveMaxTimeout: CLIENT_REST_MS,
    bodyTimeout,
  });

export interface InstanceRequest {
  origin: string;
  method: string;
  /** Path and query. It comes from outside, and leads to no other host. */
  path: string;
  headers: Record<string, string | string[]>;
  /** Not there: no body. */
  body: AsyncGenerator<Buffer> | undefined;
  /** From the end of the request until its answer begins. */
  timeoutMs: number;
  /** Aborted when the caller leaves. */
  signal: AbortSignal;
}

/** The instance gave no answer. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  constructor(
    readonly kind: 'not connected' | 'connection lost' | 'too slow',
    cause: Error,
  ) {
    super(`${kind}: ${cause.message}`, { cause });
  }
}

/** Sends a request and gives the answer when its headers are there. Throws NoAnswerError, or what the body throws. */
export async function askInstance(
  agent: Agent,
  { body, timeoutMs, ...request }: InstanceRequest,
): Promise<Dispatcher.ResponseData> {
  let bodyError: unknown;
  try {
    return await agent.request({
      ...request,
      body: body === undefined ? null : Readable.from(body).on('error', (error) => (bodyError = error)),
      headersTimeout: timeoutMs,
    });
  } catch (error) {
    if (!(error instanceof Error) || error === bodyError || request.signal.aborted) throw error;
    if (error instanceof errors.HeadersTimeoutError) throw new NoAnswerError('too slow', error);
    throw new NoAnswerError(isNotConnected(error) ? 'not connected' : 'connection lost', error);
  }
}
