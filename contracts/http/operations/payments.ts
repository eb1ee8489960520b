import { pageOf, textIdParamsSchema } from '../common.js';
import type { Operations } from '../operation.js';
import { paymentSchema, paymentsQuerySchema, simulatorSchema } from '../payments.js';

const common = { service: 'payment-service', tag: 'Payments' } as const;
const simulator = { ...common, path: '/payments/simulator', access: 'admin', problems: ['not-found'] } as const;

export const paymentOperations = {
  listPayments: {
    ...common,
    method: 'get',
    path: '/payments',
    summary: 'Payments, newest first',
    description: 'One for each charge. The caller’s own; admins see everybody’s.',
    access: 'owner-or-admin',
    query: paymentsQuerySchema,
    answers: { 200: { description: 'A page of payments.', schema: pageOf(paymentSchema) } },
    problems: ['forbidden'],
  },
  getPayment: {
    ...common,
    method: 'get',
    path: '/payments/{id}',
    summary: 'A payment',
    access: 'owner-or-admin',
    params: textIdParamsSchema,
    answers: { 200: { description: 'The payment.', schema: paymentSchema } },
    problems: ['not-found'],
  },
  getSimulator: {
    ...simulator,
    method: 'get',
    summary: 'Whether the simulated provider is up',
    description: 'Not in production.',
    answers: { 200: { description: 'How it is set.', schema: simulatorSchema } },
  },
  setSimulator: {
    ...simulator,
    method: 'post',
    summary: 'Take the simulated provider down, or up again',
    description: 'For all processes at once, and over restarts. Not in production.',
    body: simulatorSchema,
    answers: { 200: { description: 'How it is set now.', schema: simulatorSchema } },
  },
} as const satisfies Operations;
