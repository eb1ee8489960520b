import createClient from 'openapi-fetch';
import type { components, paths } from './generated/schema.js';
import { freshToken, renewedToken } from './session.js';

type Schemas = components['schemas'];
export type Address = Schemas['Address'];
export type Order = Schemas['Order'];
export type Product = Schemas['Product'];
export type Dashboard = Schemas['Dashboard'];
export type Reconciliation = Schemas['Reconciliation'];
export type User = Schemas['User'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type NewOrder = Schemas['NewOrderOfItems'];

/** The API, as its own document describes it. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: fetchAsUser });

/** As whoever is logged in; a token that has just ended is renewed, and the request sent again. */
async function fetchAsUser(request: Request): Promise<Response> {
  const token = await freshToken();
  if (token === undefined) return fetch(request);
  const again = request.clone();
  const answer = await fetch(withToken(request, token));
  if (answer.status !== 401) return answer;
  const renewed = await renewedToken();
  return renewed === undefined ? answer : fetch(withToken(again, renewed));
}

function withToken(request: Request, token: string): Request {
  request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}

interface ProblemBody {
  code?: string;
  detail?: string;
  orderId?: string;
  errors?: { path: string; message: string }[];
}

/** Why there was no answer, or not the one that was wished for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** 0: nobody answered. */
    readonly status: number,
    readonly problem: ProblemBody,
    private readonly retryAfterSeconds?: number,
  ) {
    super(problem.detail ?? `HTTP ${status}`);
  }

  /** It will pass: the same request is worth sending again. */
  get isPassing(): boolean {
    return [0, 408, 429, 500, 502, 503, 504].includes(this.status);
  }

  /** It may have been done all the same. */
  get isUnknown(): boolean {
    return this.isPassing && this.status !== 429;
  }

  /** How long to wait before the next attempt, after so many that failed. */
  waitMs(failures: number): number {
    return this.retryAfterSeconds === undefined
      ? Math.min(1_000 * 2 ** failures, 8_000)
      : this.retryAfterSeconds * 1_000;
  }
}

/** The answer's body; rejects with an `ApiError`. */
export async function bodyOf<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const answer = await asked.catch((error: unknown) => {
    if (error instanceof ApiError || (error instanceof Error && error.name === 'AbortError')) throw error;
    throw new ApiError(0, {});
  });
  const { data, error, response } = answer;
  if (response.ok) return data as T;
  const after = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const problem = typeof error === 'object' && error !== null ? (error as ProblemBody) : {};
  throw new ApiError(response.status, problem, Number.isFinite(after) ? after : undefined);
}

/** What was asked for; `otherwise` where there is none of it. */
export async function orIfMissing<T, E>(asked: Promise<T>, otherwise: E): Promise<T | E> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return otherwise;
    throw error;
  }
}

/** For queries and mutations: what passes is tried again for as long as it takes. */
export const goOn = {
  retry: (_failures: number, error: Error) => error instanceof ApiError && error.isPassing,
  retryDelay: (failures: number, error: Error) => (error instanceof ApiError ? error.waitMs(failures) : 1_000),
  networkMode: 'always',
} as const;
