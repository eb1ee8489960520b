import http from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { Readable, pipeline } from 'node:stream';
import { isNotConnected } from '../../../clients/not-connected.js';

export interface Agents {
  http: http.Agent;
  https: https.Agent;
}

export interface InstanceRequest {
  base: URL;
  method: string;
  /** Path and query. */
  target: string;
  headers: OutgoingHttpHeaders;
  /** Not there: no body. */
  body: AsyncGenerator<Buffer> | undefined;
  /** Until the answer begins; how long it then takes is up to the service: it may be an event stream. */
  timeoutMs: number;
  /** Aborted when the caller leaves. */
  signal: AbortSignal;
}

/** The instance gave no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  constructor(
    readonly kind: 'not connected' | 'connection lost' | 'too slow',
    /** The connection had been used before: the instance may have closed it before the request came. */
    readonly onKeptConnection: boolean,
    cause: Error,
  ) {
    super(`${kind}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`, { cause });
  }
}

/** Sends a request and gives the answer when its headers are there. Throws NoAnswer, or what the body throws. */
export function askInstance(
  agents: Agents,
  { base, method, target, headers, body, timeoutMs, signal }: InstanceRequest,
): Promise<IncomingMessage> {
  const secure = base.protocol === 'https:';
  return new Promise((resolve, reject) => {
    // Host and port apart from the target, which comes from outside and must not lead to another host.
    const request = (secure ? https : http).request({
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path: target,
      method,
      headers,
      agent: secure ? agents.https : agents.http,
      signal,
    });
    let tooSlow = false;
    let bodyError: Error | undefined;
    const timer = setTimeout(() => {
      tooSlow = true;
      request.destroy(new Error(`no answer within ${String(timeoutMs)} ms`));
    }, timeoutMs);
    request.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    // Not once: what comes after the first must find a listener too.
    request.on('error', (error: Error) => {
      clearTimeout(timer);
      if (bodyError !== undefined) reject(bodyError);
      else if (tooSlow) reject(new NoAnswer('too slow', request.reusedSocket, error));
      else
        reject(new NoAnswer(isNotConnected(error) ? 'not connected' : 'connection lost', request.reusedSocket, error));
    });
    if (body === undefined) request.end();
    else pipeline(Readable.from(catching(body, (error) => (bodyError = error))), request, () => undefined);
  });
}

/** A stream's error ends the request with an error of the connection: remembers what it was. */
async function* catching(body: AsyncGenerator<Buffer>, remember: (error: Error) => void): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    remember(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
