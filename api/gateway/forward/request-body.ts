import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../../http/problem.js';

/** As much as the services take: 100 kB. */
export const BODY_LIMIT_BYTES = 100 * 1024;

/** Nobody is left to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

export interface RequestBody {
  /**
   * The bytes from the first on, those that are still to come as they come; from the beginning again at each call.
   * Throws a 413 Problem past the limit, and ClientGoneError.
   */
  read(): AsyncGenerator<Buffer>;
}

/** The request's body, kept so that it can be read again and sent to another instance: the limit makes that cheap. */
export function bodyOf(req: IncomingMessage): RequestBody {
  const chunks: Buffer[] = [];
  const changes = new EventEmitter();
  let size = 0;
  let end: 'still coming' | 'complete' | Error = 'still coming';

  const endWith = (how: 'complete' | Error): void => {
    if (end === 'still coming') end = how;
    changes.emit('change');
  };
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    // What comes after the limit is read and dropped, so that the answer can be.
    if (size > BODY_LIMIT_BYTES) endWith(payloadTooLarge());
    else chunks.push(chunk);
    changes.emit('change');
  });
  req.on('end', () => endWith('complete'));
  req.on('close', () => endWith(new ClientGoneError('the caller left')));
  req.on('error', () => endWith(new ClientGoneError('the caller left')));

  const isOver = (): boolean => {
    if (end instanceof Error) throw end;
    return end === 'complete';
  };
  return {
    read: async function* () {
      for (let next = 0; ;) {
        const chunk = chunks[next];
        if (chunk !== undefined) {
          next += 1;
          yield chunk;
        } else if (isOver()) return;
        else await once(changes, 'change');
      }
    },
  };
}

export function payloadTooLarge(): ProblemError {
  return new ProblemError({
    status: 413,
    code: 'payload-too-large',
    detail: 'The body is over 100 kB.',
    headers: { Connection: 'close' },
  });
}
