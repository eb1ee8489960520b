import type { CarrierEvent } from '../../../contracts/http/deliveries.js';
import { signCarrierEvent } from '../domain/carrier-signature.js';

export interface CarrierReport {
  deliveryId: string;
  status: CarrierEvent;
  /** RFC 3339 UTC. */
  at: string;
}

/** `failed`: again later. */
export type ReportAnswer = { outcome: 'taken' } | { outcome: 'failed'; reason: string };

/** Never rejects. */
export type SendReport = (report: CarrierReport, stopped: AbortSignal) => Promise<ReportAnswer>;

export interface SendReportSettings {
  /** Instances of the delivery service; each report goes to the next one. */
  urls: readonly string[];
  key: string;
  kid: string;
  timeoutMs?: number;
}

/** Posts a signed report to the delivery service, as a carrier from outside would. */
export function createReportSender({ urls, key, kid, timeoutMs = 3_000 }: SendReportSettings): SendReport {
  let turn = 0;
  return async (report, stopped) => {
    const url = urls[turn++ % urls.length] ?? '';
    const body = JSON.stringify(report);
    try {
      const response = await fetch(`${url}/deliveries/${encodeURIComponent(report.deliveryId)}/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-carrier-signature': signCarrierEvent({ body, key, kid, at: new Date() }),
        },
        body,
        signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      if (response.status === 202) return { outcome: 'taken' };
      return { outcome: 'failed', reason: `it answered ${response.status}` };
    } catch (error) {
      return { outcome: 'failed', reason: reasonOf(error) };
    }
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed"; what failed is in its cause.
  return error.cause instanceof Error ? error.cause.message : error.message;
}
