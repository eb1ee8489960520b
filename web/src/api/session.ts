import { useSyncExternalStore } from 'react';
import type { components } from './generated/schema.js';

type Session = components['schemas']['Session'];

/** In memory alone: no script that comes later finds a token, and a page that is loaded anew asks to log in again. */
let current: (Session & { endsAt: number }) | undefined;
let renewing: Promise<string | undefined> | undefined;
const listeners = new Set<() => void>();

/** A token that ends sooner than this is renewed before it is sent. */
const SOON_MS = 30_000;

export function beginSession(session: Session): void {
  current = { ...session, endsAt: Date.now() + session.expiresIn * 1_000 };
  listeners.forEach((tell) => tell());
}

export function forgetSession(): string | undefined {
  const refreshToken = current?.refreshToken;
  current = undefined;
  listeners.forEach((tell) => tell());
  return refreshToken;
}

export function useUser(): Session['user'] | undefined {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => current?.user,
  );
}

/** After a change of it. */
export function replaceUser(user: Session['user']): void {
  if (current !== undefined) beginSession({ ...current, user, expiresIn: (current.endsAt - Date.now()) / 1_000 });
}

/** Undefined: nobody is logged in. */
export async function freshToken(): Promise<string | undefined> {
  if (current !== undefined && current.endsAt - Date.now() < SOON_MS) return renewedToken();
  return current?.accessToken;
}

/** Once for all who ask meanwhile, as a refresh token is good for once. Undefined: the session has ended. */
export function renewedToken(): Promise<string | undefined> {
  renewing ??= renew().finally(() => (renewing = undefined));
  return renewing;
}

async function renew(): Promise<string | undefined> {
  if (current === undefined) return undefined;
  const answer = await fetch('/sessions/refresh', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken: current.refreshToken }),
  });
  if (answer.ok) beginSession((await answer.json()) as Session);
  else if (answer.status === 401) forgetSession();
  // Passing, as no answer is: the old token would make a 401 of it.
  else throw new Error(`The session can not be renewed now: HTTP ${answer.status}`);
  return tokenNow();
}

/** Others may have changed it meanwhile. */
const tokenNow = (): string | undefined => current?.accessToken;
