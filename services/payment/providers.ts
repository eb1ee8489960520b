import type { Pool } from 'pg';
import type { Logger } from '../../platform/logger.js';
import type { RunningLoop } from '../../platform/loop.js';
import type { PaymentProvider, ProviderName } from './payment-provider.js';
import type { PrismaClient } from './prisma/generated/client.js';
import { createSimulatedProvider } from './simulator/simulated-provider.js';
import type { PrismaClient as LedgerClient } from './simulator/prisma/generated/client.js';
import { startWebhookSender } from './simulator/webhook-sender.js';
import { createStripeProvider } from './stripe/stripe-provider.js';
import { openStripe, type StripeSettings } from './stripe/stripe-settings.js';

interface SimulatedSettings {
  TRANSFER_DELAY_MS: number;
  CHALLENGE_PAGE: string;
  PAYMENT_WEBHOOKS: 'on' | 'off';
  PAYMENT_SERVICE_URL: readonly string[];
  PAYMENT_WEBHOOK_KEY_ID: string;
  webhookKey: string;
}

/** What providers are made of. */
interface ProviderParts {
  config: StripeSettings & SimulatedSettings;
  logger: Logger;
  /** The payment service's own database. */
  prisma: PrismaClient;
  /** The simulated provider's own. */
  openLedger: () => { prisma: LedgerClient; pool: Pool };
}

interface OpenProvider {
  provider: PaymentProvider;
  /** Databases that it can't do without, by name. */
  databases: Record<string, Pool>;
  /** Of the simulated one, which sends its webhooks from here. */
  startSender?: () => RunningLoop;
}

/** Every provider there is; `PAYMENT_PROVIDER` chooses. */
export const PROVIDERS: Record<ProviderName, (parts: ProviderParts) => OpenProvider> = {
  simulated: ({ config, openLedger, logger }) => {
    const { prisma: ledger, pool } = openLedger();
    const { PAYMENT_SERVICE_URL: urls, PAYMENT_WEBHOOK_KEY_ID: kid, webhookKey: key } = config;
    const { TRANSFER_DELAY_MS: transferMs, CHALLENGE_PAGE: challengePage } = config;
    return {
      provider: createSimulatedProvider(ledger, { transferMs, challengePage }),
      databases: { 'simulator database': pool },
      ...(config.PAYMENT_WEBHOOKS === 'on' && {
        startSender: () => startWebhookSender({ ledger, urls, kid, key, logger }),
      }),
    };
  },
  stripe: ({ config, prisma, logger }) => ({
    provider: createStripeProvider(openStripe(config), prisma, logger),
    databases: {},
  }),
};
