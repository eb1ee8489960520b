import { pipeline } from 'node:stream/promises';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { createRoundRobin } from '../../../clients/round-robin.js';
import type { Logger } from '../../../platform/logger.js';
import { Problem, serviceUnavailable } from '../../http/problem.js';
import { NoAnswer, askInstance } from './ask-instance.js';
import type { Agents } from './ask-instance.js';
import { copyAnswerHeaders, hasBody, requestHeaders } from './headers.js';
import { BODY_LIMIT_BYTES, ClientGone, bodyOf, payloadTooLarge } from './request-body.js';

export interface ForwardSettings {
  service: string;
  /** Its instances; requests take turns and leave out those that failed in the last seconds. */
  urls: string[];
  agents: Agents;
  timeoutMs: number;
  logger: Logger;
}

const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'];

/**
 * Passes a request on to an instance of a service, and its answer back, both as they come. By node:http and not by a
 * proxy package: to send a body again to a second instance, to stop at the limit in the middle of it, and to let go
 * of the instance when the caller leaves, each needs the two streams in hand.
 */
export function forwardTo({ service, urls, agents, timeoutMs, logger }: ForwardSettings): RequestHandler {
  const instances = createRoundRobin(urls);

  const ask = async (req: Request, signal: AbortSignal): Promise<IncomingMessage> => {
    const body = hasBody(req) ? bodyOf(req) : undefined;
    for (const url of instances.inTurn()) {
      try {
        const { method, originalUrl: target } = req;
        const answer = await askInstance(agents, {
          base: new URL(url),
          method,
          target,
          headers: requestHeaders(req),
          body: body?.read(),
          timeoutMs,
          signal,
        });
        instances.worked(url);
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswer) || signal.aborted) throw error;
        logger.warn({ upstream: service, instance: url, reason: error.message }, 'an instance gave no answer');
        if (error.kind === 'too slow')
          throw new Problem({
            status: 504,
            code: 'service-timeout',
            detail: `${service} did not answer in time.`,
            cause: error,
          });
        instances.failed(url);
        if (!mayAskAnother(req, error)) break;
      }
    }
    throw serviceUnavailable('service-unavailable', `${service} can not be reached right now.`);
  };

  return async (req, res) => {
    if (Number(req.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) throw payloadTooLarge();
    const callerLeft = new AbortController();
    res.once('close', () => callerLeft.abort());
    try {
      await passBack(await ask(req, callerLeft.signal), res);
    } catch (error) {
      if (callerLeft.signal.aborted || error instanceof ClientGone) return;
      if (!res.headersSent) throw error;
      logger.warn(
        { upstream: service, reason: error instanceof Error ? error.message : String(error) },
        'an answer broke off',
      );
    }
  };
}

/** Without a connection nothing was sent. A kept one that broke may have been closed before, so a repeat must be harmless. */
function mayAskAnother({ method }: Request, { kind, onKeptConnection }: NoAnswer): boolean {
  return kind === 'not connected' || (kind === 'connection lost' && onKeptConnection && IDEMPOTENT.includes(method));
}

async function passBack(answer: IncomingMessage, res: Response): Promise<void> {
  res.status(answer.statusCode ?? 502);
  copyAnswerHeaders(answer, res);
  // At once: an event stream's first event may be long in coming.
  res.flushHeaders();
  // Ends either side when the other breaks off.
  await pipeline(answer, res);
}
