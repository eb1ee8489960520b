import type { Request } from 'express';
import { Headers, setCookie } from 'undici';
import { fromScriptSchema, SESSION_COOKIE, type BrowserSession, type Session } from '../../contracts/http/sessions.js';
import { problemOf } from '../http/problem.js';
import { parseHeaders } from '../http/validate.js';

/** For an answer: what the browser of this request keeps as its refresh token; undefined: nothing any more. */
export function cookieHeaders(req: Request, refreshToken: string | undefined) {
  const headers = new Headers();
  setCookie(headers, {
    ...SESSION_COOKIE,
    value: refreshToken ?? '',
    httpOnly: true,
    sameSite: 'Strict',
    secure: req.secure,
    ...(refreshToken === undefined && { maxAge: 0 }),
  });
  return { 'Cache-Control': 'no-store', 'Set-Cookie': headers.get('Set-Cookie') ?? '' } as const;
}

/**
 * The refresh tokens that a page of our own sent by its browser: more than one where a neighbouring domain, or another path,
 * has put one there too, and nothing says which is ours. For `SameSite` alone pages of other ports and of neighbouring
 * domains would be our own, and it lets another site log its visitor in as somebody else.
 */
export function cookiesOf(req: Request): string[] {
  parseHeaders(fromScriptSchema, req);
  if (!isFromOwnPage(req)) throw problemOf('cross-site');
  const ours = `${SESSION_COOKIE.name}=`;
  const all = (req.get('cookie') ?? '').split(';').map((one) => one.trim());
  return all.filter((one) => one.startsWith(ours)).map((one) => one.slice(ours.length));
}

/** By what no script can set: `Sec-Fetch-Site`, or `Origin` where the address is no https and browsers leave that away. */
function isFromOwnPage(req: Request): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.get('origin');
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === req.host);
}

export const withoutRefreshToken = ({ accessToken, expiresIn, user }: Session): BrowserSession => ({
  accessToken,
  expiresIn,
  user,
});
