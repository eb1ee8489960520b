import { ApplicationFailure } from '@temporalio/activity';
import { ProviderUnavailable } from '../../services/payment/payment-provider.js';

/** Whatever a provider says, an order is not left for longer than a step's longest pause. */
const LONGEST_MS = 60_000;

/** An attempt that a provider has turned away for a while is made again after that, and no sooner: Temporal waits for it. */
export async function whenAskedToWait<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ProviderUnavailable) || error.retryAfterMs === undefined) throw error;
    throw ApplicationFailure.create({
      type: error.name,
      message: error.message,
      nextRetryDelay: Math.min(error.retryAfterMs, LONGEST_MS),
      cause: error,
    });
  }
}
