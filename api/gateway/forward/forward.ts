import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Agent, Dispatcher } from 'undici';
import { createRoundRobin } from '../../../clients/round-robin.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import type { Logger } from '../../../platform/logger.js';
import { ProblemError, serviceUnavailable } from '../../http/problem.js';
import { NoAnswerError, askInstance } from './ask-instance.js';
import { copyAnswerHeaders, hasBody, requestHeaders } from './headers.js';
import { BODY_LIMIT_BYTES, ClientGoneError, bodyOf, payloadTooLarge } from './request-body.js';
import type { Readable } from 'node:stream';
import { errorMessage } from '../../../platform/error-message.js';

interface ForwardSettings {
  service: string;
  /** Its instances; requests take turns and leave out those that failed. */
  urls: string[];
  agent: Agent;
  timeoutMs: number;
  streams: PassingStreams;
  logger: Logger;
}

/** No read waits for anything else, so one that takes longer is asked of another instance, if one is well. */
const readTimeoutMs = 3000;

/** Passes a request on to an instance of a service, and its answer back, both as they come. */
export function forwardTo({ service, urls, agent, timeoutMs, streams, logger }: ForwardSettings): RequestHandler {
  const instances = createRoundRobin(urls);

  const ask = async (req: Request, signal: AbortSignal): Promise<Dispatcher.ResponseData> => {
    const body = hasBody(req) ? bodyOf(req) : undefined;
    // A single address is asked twice: there may be many behind it, and a kept connection may just have been closed.
    const tries = urls.length === 1 ? [...urls, ...urls] : instances.inTurn();
    for (const [index, origin] of tries.entries()) {
      const next = tries[index + 1];
      const more = next !== undefined;
      // When all are slow, asking each would make it worse.
      const readElsewhere = isRead(req) && more && next !== origin && !instances.rests(next);
      const noted = (reason: string): void => {
        instances.failed(origin);
        logger.warn({ upstream: service, instance: origin, reason }, 'an instance gave no answer');
      };
      try {
        if (!isRead(req)) crashPoint('forward: before');
        const answer = await askInstance(agent, {
          origin,
          method: req.method,
          path: req.originalUrl,
          headers: requestHeaders(req),
          body: body?.read(),
          timeoutMs: readElsewhere ? Math.min(readTimeoutMs, timeoutMs) : timeoutMs,
          signal,
        });
        if (!isRead(req)) crashPoint('forward: answered');
        if (answer.statusCode !== 503) instances.worked(origin);
        if (answer.statusCode !== 503 || !readElsewhere) return answer;
        noted('it answered 503');
        // Not read to its end: one that is unwell may never get there.
        answer.body.on('error', () => undefined).destroy();
      } catch (error) {
        if (!(error instanceof NoAnswerError) || signal.aborted) throw error;
        noted(error.message);
        const again = {
          'not connected': more,
          'connection lost': more && isRepeatable(req),
          'too slow': readElsewhere,
        };
        if (!again[error.kind]) throw problemOf(service, error, isRepeatable(req));
        // The others may be gone: late, from one that was only slow, is better than never.
        if (error.kind === 'too slow') tries.push(origin);
      }
    }
    throw new Error('no instance was asked');
  };

  return async (req, res) => {
    if (Number(req.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) throw payloadTooLarge();
    const callerLeft = new AbortController();
    res.once('close', () => callerLeft.abort());
    try {
      await passBack(await ask(req, callerLeft.signal), res, streams);
    } catch (error) {
      if (callerLeft.signal.aborted || error instanceof ClientGoneError) return;
      if (!res.headersSent) throw error;
      logger.warn({ upstream: service, reason: errorMessage(error) }, 'an answer broke off');
    }
  };
}

function problemOf(service: string, error: NoAnswerError, repeatable: boolean): ProblemError {
  if (error.kind === 'too slow')
    return new ProblemError({
      status: 504,
      code: 'service-timeout',
      detail: `${service} did not answer in time.`,
      cause: error,
    });
  if (error.kind === 'connection lost' && !repeatable)
    return new ProblemError({
      status: 502,
      code: 'answer-lost',
      detail: `${service} broke off before it answered. What was asked for may have been done.`,
      cause: error,
    });
  return serviceUnavailable('service-unavailable', `${service} can not be reached right now.`);
}

async function passBack(answer: Dispatcher.ResponseData, res: Response, streams: PassingStreams): Promise<void> {
  res.status(answer.statusCode);
  copyAnswerHeaders(answer.headers, res);
  // At once: an event stream's first event may be long in coming.
  res.flushHeaders();
  // Node warns of more than ten listeners, as of a leak: with those of logs, metrics and traces there are eleven.
  res.setMaxListeners(20);
  // Ends either side when the other breaks off.
  const isEventStream = String(answer.headers['content-type']).startsWith('text/event-stream');
  await pipeline(isEventStream ? streams.pass(answer.body) : answer.body, res);
}

/** What changes nothing. */
const isRead = ({ method }: Request): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/**
 * What does the same when it is done twice, so that it may be sent again when nobody knows whether it was done. Of all
 * POSTs only that of an order honours an Idempotency-Key. What follows a version is done once: the second time its own
 * change stands in its way, and would be taken for somebody else's.
 */
function isRepeatable(req: Request): boolean {
  if (isRead(req)) return true;
  if (['PUT', 'DELETE'].includes(req.method)) return (req.headers['if-match'] ?? '*').trim() === '*';
  return req.method === 'POST' && req.path === '/orders' && req.headers['idempotency-key'] !== undefined;
}

/** Event streams on their way through. They last for as long as what they tell of. */
export interface PassingStreams {
  /** What comes, to the end, or until all of them are ended. */
  pass(body: Readable): AsyncGenerator<Buffer>;
  /** In order, as if nothing more were to come: whoever listens asks again, elsewhere, for what comes after. */
  end(): void;
}

export function createPassingStreams(): PassingStreams {
  const passing = new Set<Readable>();
  let ended = false;
  const leave = (body: Readable): void => void body.on('error', () => undefined).destroy();
  return {
    pass: async function* (body) {
      passing.add(body);
      if (ended) leave(body);
      try {
        for await (const chunk of body) yield chunk as Buffer;
      } catch (error) {
        if (!ended) throw error;
      } finally {
        passing.delete(body);
      }
    },
    end: () => {
      ended = true;
      passing.forEach(leave);
    },
  };
}
