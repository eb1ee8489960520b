export interface ReportPosterSettings {
  /** Instances of a service of ours; each report goes to the next one. */
  urls: readonly string[];
  /** Made as the report is sent: a signature has the time in it. */
  headersOf: (body: string) => Record<string, string>;
  /** The status that says that it is taken. */
  takenAs: number;
  timeoutMs?: number;
}

/** Why it was not taken; undefined: it was. Never rejects. */
export type PostReport = (path: string, body: string, stopped: AbortSignal) => Promise<string | undefined>;

/** Posts what a carrier or a payment provider reports, as one from outside would. */
export function createReportPoster({ urls, headersOf, takenAs, timeoutMs = 3_000 }: ReportPosterSettings): PostReport {
  let turn = 0;
  return async (path, body, stopped) => {
    try {
      const response = await fetch(`${urls[turn++ % urls.length] ?? ''}${path}`, {
        method: 'POST',
        headers: headersOf(body),
        body,
        signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      return response.status === takenAs ? undefined : `it answered ${response.status}`;
    } catch (error) {
      return reasonOf(error);
    }
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed"; what failed is in its cause.
  return error.cause instanceof Error ? error.cause.message : error.message;
}
