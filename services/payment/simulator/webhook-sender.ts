import type { Logger } from '../../../platform/logger.js';
import { idlePauses, startLoop, type RunningLoop } from '../../../platform/loop.js';
import { createReportPoster } from '../../../platform/post-report.js';
import type { PrismaClient } from './prisma/generated/client.js';
import { SIMULATED_PROVIDER, webhookHeaders } from './provider-events.js';

interface WebhookSenderSettings {
  ledger: PrismaClient;
  /** Instances of the payment service; each webhook goes to the next one. */
  urls: readonly string[];
  kid: string;
  key: string;
  logger: Logger;
  /** Between two looks; up to four times as long while there is nothing. */
  everyMs?: number;
}

const AT_ONCE = 20;
/** Longer than a webhook may take; past it another process takes it over. */
const CLAIM_S = 10;
const LONGEST_PAUSE_MS = 60_000;

interface DueCharge {
  idempotencyKey: string;
  chargeId: string;
  status: string;
  claimedUntil: Date;
  tellFailures: number;
}

/**
 * Tells the payment service, as a provider from outside would, of each charge that was decided later: signed, and again until the
 * answer is 200. Any number of processes may run it; dying in between sends it twice, under the same id.
 */
export function startWebhookSender(settings: WebhookSenderSettings): RunningLoop {
  const { ledger, urls, kid, key, logger, everyMs = 500 } = settings;
  const headersOf = (body: string) => webhookHeaders(body, { kid, key });
  const post = createReportPoster({ urls, headersOf, takenAs: 200 });

  const claimDue = () =>
    ledger.$queryRaw<DueCharge[]>`
      UPDATE ledger_entries SET tell_at = now() + make_interval(secs => ${CLAIM_S}),
        status = CASE status WHEN 'TRIED' THEN 'CHARGED' ELSE status END,
        updated_at = CASE status WHEN 'TRIED' THEN now() ELSE updated_at END
      WHERE idempotency_key IN (
        SELECT idempotency_key FROM ledger_entries WHERE tell_at <= now()
        ORDER BY tell_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED
      )
      RETURNING idempotency_key AS "idempotencyKey", charge_id AS "chargeId", status, tell_at AS "claimedUntil",
        tell_failures AS "tellFailures"`;

  const settle = async ({ idempotencyKey, claimedUntil }: DueCharge, tellAt: Date | null, tellFailures: number) => {
    await ledger.ledgerEntry.updateMany({
      where: { idempotencyKey, tellAt: claimedUntil },
      data: { tellAt, tellFailures },
    });
  };

  const tell = async (charge: DueCharge, stopping: AbortSignal): Promise<void> => {
    const { idempotencyKey: chargeKey, chargeId, status, tellFailures } = charge;
    const outcome = status === 'DECLINED' ? 'failed' : 'succeeded';
    const body = JSON.stringify({ id: `${chargeId}:${outcome}`, type: `charge.${outcome}`, chargeKey });
    const failure = await post(`/payments/webhooks/${SIMULATED_PROVIDER}`, body, stopping);
    if (failure === undefined) return settle(charge, null, tellFailures);
    if (stopping.aborted) return;
    const failures = tellFailures + 1;
    logger.warn({ orderId: chargeKey, failures, reason: failure }, "the simulated provider's webhook is not taken yet");
    await settle(charge, new Date(Date.now() + Math.min(250 * 2 ** failures, LONGEST_PAUSE_MS)), failures);
  };

  const pauseAfter = idlePauses(everyMs);
  return startLoop({ name: "the simulated provider's webhooks", logger }, async (loop) => {
    const due = await claimDue();
    await Promise.all(due.map((charge) => tell(charge, loop.stopping)));
    loop.works();
    const pauseMs = pauseAfter(due.length);
    if (due.length < AT_ONCE) await loop.pause(pauseMs);
  });
}
