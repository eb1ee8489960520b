import type { Express } from 'express';
import { paymentOperations } from '../../contracts/http/payments.js';
import { createEventInbox, type EventInbox } from '../../services/payment/event-inbox.js';
import type { ProviderEvents, ProviderName } from '../../services/payment/payment-provider.js';
import { createPaymentReader, type PaymentReader } from '../../services/payment/payment-reader.js';
import { PrismaClient } from '../../services/payment/prisma/generated/client.js';
import { PrismaClient as LedgerClient } from '../../services/payment/simulator/prisma/generated/client.js';
import { createChallenges, type Challenges } from '../../services/payment/simulator/challenges.js';
import { createSimulatedEvents } from '../../services/payment/simulator/provider-events.js';
import { createStripeEvents } from '../../services/payment/stripe/stripe-events.js';
import { createSimulatorSwitch, type SimulatorSwitch } from '../../services/payment/simulator/simulator-switch.js';
import { createServiceApp, type ServiceContext, openService } from '../http/app.js';
import type { Logger } from '../../platform/logger.js';
import { openDatabase } from '../../platform/database/pool.js';
import type { Base } from '../http/serve.js';
import type { PaymentApiConfig } from './config.js';
import { answerChallenge } from './routes/answer-challenge.js';
import { getChallenge } from './routes/get-challenge.js';
import { getPayment } from './routes/get-payment.js';
import { getSimulator } from './routes/get-simulator.js';
import { listPayments } from './routes/list-payments.js';
import { reportPayment } from './routes/report-payment.js';
import { setSimulator } from './routes/set-simulator.js';

/** What the handlers work with. */
export interface PaymentContext extends ServiceContext {
  payments: PaymentReader;
  /** Of the provider in use; undefined: it sends none. */
  events: ProviderEvents | undefined;
  inbox: Pick<EventInbox, 'receive'>;
  logger: Logger;
  /** undefined: there is no simulator, or it is not for callers. */
  simulator: Simulator | undefined;
}

type Simulator = SimulatorSwitch & { challenges: Challenges };

/** What each provider sends of itself; undefined: nothing is taken of it. */
const EVENTS: Record<ProviderName, (config: PaymentApiConfig) => ProviderEvents | undefined> = {
  simulated: ({ PAYMENT_WEBHOOK_KEYS }) => createSimulatedEvents(PAYMENT_WEBHOOK_KEYS),
  stripe: ({ STRIPE_WEBHOOK_SECRETS }) => STRIPE_WEBHOOK_SECRETS && createStripeEvents(STRIPE_WEBHOOK_SECRETS),
};

export function createContext(base: Base<PaymentApiConfig>): PaymentContext {
  const { prisma, common } = openService(base, PrismaClient);
  const { PAYMENT_PROVIDER: provider } = base.config;
  const events = EVENTS[provider](base.config);
  if (events === undefined)
    base.logger.warn({ provider }, 'webhooks have no secret, so none is taken: orders ask the provider by themselves');
  return {
    ...common,
    payments: createPaymentReader(prisma),
    events,
    inbox: createEventInbox(prisma),
    simulator: openSimulator(base),
  };
}

function openSimulator({ config, ...base }: Base<PaymentApiConfig>): Simulator | undefined {
  const { PAYMENT_SIMULATOR_DATABASE_URL: url, SERVICE_NAME } = config;
  const inUse = config.PAYMENT_PROVIDER === 'simulated' && config.NODE_ENV !== 'production';
  if (!inUse || url === undefined) return undefined;
  const ledger = { ...base, config: { SERVICE_NAME, DATABASE_URL: url } };
  const { prisma } = openDatabase(ledger, LedgerClient, { connections: 2, name: 'simulator database' });
  return { ...createSimulatorSwitch(prisma), challenges: createChallenges(prisma) };
}

export function createPaymentApp(context: PaymentContext): Express {
  const handlers = {
    listPayments: listPayments(context),
    getPayment: getPayment(context),
    reportPayment: reportPayment(context),
    getSimulator: getSimulator(context),
    getChallenge: getChallenge(context),
    answerChallenge: answerChallenge(context),
    setSimulator: setSimulator(context),
  };
  return createServiceApp('payment-service', paymentOperations, handlers, context);
}
