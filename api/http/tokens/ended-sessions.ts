import { createHash } from 'node:crypto';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { ServiceAnsweredError } from '../../../clients/errors.js';
import { createServiceClient } from '../../../clients/http-client.js';
import { shareInFlight } from '../../../clients/user-client.js';
import { endedSessionsSchema } from '../../../contracts/http/sessions.js';
import type { OutsideClaims } from './outside-tokens.js';

/** What ended the sessions of which tokens may still be out: see docs/security.md. */
export interface EndedSessions {
  has(id: string): Promise<boolean>;
  /** Rejects until they were read once. */
  check(): Promise<void>;
}

/** How long what was read counts: so late a token is still taken whose session has ended. */
const FRESH_MS = 1_000;

/** While the user service gives no answer it is asked so often, and nobody waits for that. */
const REST_MS = 2_000;

/** So often all are read that a token may still name: one that a long transaction ended is seen after its time. */
const ALL_MS = 30_000;

/** As long as a token may name one. */
const KEPT_MS = 20 * 60_000;

/** Stands for the session of somebody whom an outside provider knows: the trigger in the user service's database makes the same. */
export const outsideSessionId = ({ issuer, subject }: OutsideClaims): string =>
  createHash('sha256').update(`${issuer} ${subject}`).digest('hex');

/**
 * The list that the user service keeps, read from it when somebody asks and it is older than a second. While it is away what was
 * read before counts: nobody gets new tokens then, and those that are out end within a quarter of an hour.
 */
export function createEndedSessions(urls: string[], now: () => number = Date.now): EndedSessions {
  const client = createServiceClient({ name: 'user-service', urls, timeoutMs: 2_000 });
  const ended = new Map<string, number>();
  let since: string | undefined;
  let state: 'never read' | 'read' | 'not answered' = 'never read';
  let askAgainAt = 0;
  let askForAllAt = 0;

  const read = shareInFlight(async (from: string) => {
    if (from === '') askForAllAt = now() + ALL_MS;
    const path = `/ended-sessions${from === '' ? '' : `?since=${encodeURIComponent(from)}`}`;
    try {
      // Nobody's request asked for it.
      const answer = await context.with(suppressTracing(context.active()), () =>
        client.send({ method: 'GET', path }, endedSessionsSchema),
      );
      for (const [id, until] of ended) if (until < now()) ended.delete(id);
      for (const id of answer.ids) ended.set(id, now() + KEPT_MS);
      since = answer.at;
    } catch (error) {
      // A user service of the version before, while a new one is rolled out, has no such list.
      if (!(error instanceof ServiceAnsweredError && error.status === 404)) {
        askAgainAt = now() + REST_MS;
        if (state !== 'never read') state = 'not answered';
        throw error;
      }
    }
    askAgainAt = now() + FRESH_MS;
    state = 'read';
  });

  return {
    has: async (id) => {
      if (state === 'never read') await read('');
      else if (now() >= askAgainAt) {
        const asked = read(now() >= askForAllAt ? '' : (since ?? '')).catch(() => undefined);
        if (state === 'read') await asked;
      }
      return ended.has(id);
    },
    check: async () => {
      if (state === 'never read') await read('');
    },
  };
}
