import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import type { Topic } from '../topics.js';
import { topicOf, type OrderEvent } from './order-event.js';
import deliveryCompleted from './schemas/delivery-completed.v1.schema.json' with { type: 'json' };
import deliveryStarted from './schemas/delivery-started.v1.schema.json' with { type: 'json' };
import inventoryFailed from './schemas/inventory-failed.v1.schema.json' with { type: 'json' };
import inventoryReserved from './schemas/inventory-reserved.v1.schema.json' with { type: 'json' };
import orderCancelled from './schemas/order-cancelled.v1.schema.json' with { type: 'json' };
import orderCompleted from './schemas/order-completed.v1.schema.json' with { type: 'json' };
import orderCreated from './schemas/order-created.v1.schema.json' with { type: 'json' };
import paymentCompleted from './schemas/payment-completed.v1.schema.json' with { type: 'json' };
import paymentFailed from './schemas/payment-failed.v1.schema.json' with { type: 'json' };

const SCHEMAS: Record<Topic, object> = {
  'order-created': orderCreated,
  'inventory-reserved': inventoryReserved,
  'inventory-failed': inventoryFailed,
  'payment-completed': paymentCompleted,
  'payment-failed': paymentFailed,
  'delivery-started': deliveryStarted,
  'delivery-completed': deliveryCompleted,
  'order-completed': orderCompleted,
  'order-cancelled': orderCancelled,
};

/** Who makes an event sends nothing undocumented; who reads one passes over what is newer than itself. */
type Undocumented = 'refused' | 'ignored';

/** Of an error: it travels in a header. */
const MOST_TOLD = 5;

// That the files are schemas is what their test says, once for all starts.
const ajv = new Ajv2020({ allErrors: true, validateSchema: false });
addFormats.default(ajv);
const validators = new Map<string, ValidateFunction>();

/** It is no order event as documented. The message names each field that is wrong, and no values. */
export class UnfitEvent extends Error {
  override readonly name = 'UnfitEvent';
}

/** Checks against the JSON schema of the event's type. Throws UnfitEvent. */
export function checkedEvent(event: unknown, undocumented: Undocumented): OrderEvent {
  const misfits = misfitsOf(event, undocumented);
  if (misfits.length > 0) throw new UnfitEvent(`not an order event: ${misfits.join('; ')}`);
  return event as OrderEvent;
}

function misfitsOf(event: unknown, undocumented: Undocumented): string[] {
  if (typeof event !== 'object' || event === null) return ['it is no JSON object'];
  const topic = topicOf((event as { type?: unknown }).type);
  if (topic === undefined) return ['type: is not that of an order event'];
  const validate = validatorOf(topic, undocumented);
  return validate(event) ? [] : (validate.errors ?? []).slice(0, MOST_TOLD).map(inWords);
}

function validatorOf(topic: Topic, undocumented: Undocumented): ValidateFunction {
  const key = `${topic} ${undocumented}`;
  const known = validators.get(key);
  if (known !== undefined) return known;
  const schema = SCHEMAS[topic];
  const compiled = ajv.compile(undocumented === 'refused' ? closed(schema) : schema);
  validators.set(key, compiled);
  return compiled;
}

/** The schema without room for anything that it doesn't name. */
function closed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value: { type?: unknown } | null) =>
    value?.type === 'object' ? { ...value, additionalProperties: false } : value,
  ) as object;
}

function inWords({ instancePath, keyword, params, message }: ErrorObject): string {
  const path = instancePath.split('/').slice(1);
  const { missingProperty, additionalProperty, allowedValue } = params as Record<string, unknown>;
  if (keyword === 'required') return `${[...path, missingProperty].join('.')}: is missing`;
  if (keyword === 'additionalProperties') return `${[...path, additionalProperty].join('.')}: is not documented`;
  if (keyword === 'const') return `${path.join('.')}: must be ${JSON.stringify(allowedValue)}`;
  return `${path.join('.')}: ${message ?? keyword}`;
}
