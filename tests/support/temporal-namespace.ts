import { randomBytes } from 'node:crypto';
import { createNamespace, registerSearchAttributes } from '../../stack/setup/temporal.js';
import type { TemporalSettings } from '../../platform/temporal/client.js';
import { server } from './servers.js';

/** A namespace of the test's own on the real Temporal server, with our search attributes and keys for tests. */
export async function createTestNamespace(name: string): Promise<TemporalSettings> {
  const address = server('TEMPORAL_ADDRESS');
  const namespace = `${name}_${randomBytes(4).toString('hex')}`;
  await createNamespace({ address, namespace });
  await registerSearchAttributes({ address, namespace });
  return {
    address,
    namespace,
    payloadKeys: { keys: { test: Buffer.alloc(32, 7).toString('base64') }, current: 'test' },
  };
}
