import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import { ProviderUnavailable } from './payment-provider.js';
import type { PaymentProvider } from './payment-provider.js';

/** Below the 4 s that an attempt of a step may take, so that the step still hears of it and says so. */
export const PROVIDER_TIMEOUT_MS = 3_000;

/**
 * The same provider for one attempt of a step, whose calls may take `timeoutMs` together: whatever is not done by then
 * fails with ProviderUnavailable.
 */
export function withDeadline(provider: PaymentProvider, timeoutMs = PROVIDER_TIMEOUT_MS): PaymentProvider {
  const deadline = Date.now() + timeoutMs;
  const within = async <T>(call: () => Promise<T>): Promise<T> => {
    const policy = timeout(Math.max(1, deadline - Date.now()), TimeoutStrategy.Aggressive);
    try {
      return await policy.execute(call);
    } catch (error) {
      if (!(error instanceof TaskCancelledError)) throw error;
      throw new ProviderUnavailable(`no answer within ${timeoutMs} ms`, { cause: error });
    }
  };
  return {
    charge: (request) => within(() => provider.charge(request)),
    find: (request) => within(() => provider.find(request)),
    refund: (request) => within(() => provider.refund(request)),
    list: (page) => within(() => provider.list(page)),
    entriesOf: (keys) => within(() => provider.entriesOf(keys)),
  };
}
