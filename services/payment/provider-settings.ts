import { z } from 'zod';

/** For whoever charges, and for whoever shows or sets up what the simulated provider keeps. */
export const providerSettings = {
  PAYMENT_PROVIDER: z.string().default('simulated').describe('no other is built in'),
  PAYMENT_SIMULATOR_DATABASE_URL: z
    .url()
    .describe("the simulated provider's ledger; the API can do without, and then has no switch for the provider"),
};
