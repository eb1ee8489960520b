import { ProviderUnavailable } from '../payment-provider.js';

/** As Temporal tries a step again while the provider fails. */
export async function untilAnswered(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
    }
  }
}
