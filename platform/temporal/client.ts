import type { z } from 'zod';
import type { temporalSettings } from '../env.js';
import { type PayloadKeys, EncryptionCodec, type CodecOptions } from './payload-codec.js';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { Client, Connection, type WorkflowClient } from '@temporalio/client';
import { temporalTelemetryPlugins } from '../telemetry/telemetry.js';

export interface TemporalSettings {
  address: string;
  namespace: string;
  payloadKeys: PayloadKeys;
}

/** From the environment's names to ours. */
export function temporalSettingsFrom(env: {
  [K in keyof typeof temporalSettings]: z.output<(typeof temporalSettings)[K]>;
}): TemporalSettings {
  return {
    address: env.TEMPORAL_ADDRESS,
    namespace: env.TEMPORAL_NAMESPACE,
    payloadKeys: { keys: env.PAYLOAD_KEYS, current: env.PAYLOAD_KEY_ID },
  };
}

/** For `bundleWorkflowCode`, which needs the path and no codec. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.js', import.meta.url));

/** JSON, encrypted, failures too. The same in clients, workers and tests, or they can't read each other. */
export function createDataConverter(keys: PayloadKeys, options: CodecOptions = {}): DataConverter {
  return { payloadCodecs: [new EncryptionCodec(keys, options)], failureConverterPath };
}

export interface TemporalClient {
  client: Client;
  /** A readiness check: rejects while the server can't be reached. */
  check: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * The deadline is each call's own, the signal ends what the client repeats by itself.
 * @param deadline milliseconds since the epoch
 * @param callsUntil later than that for calls whose deadline the server itself goes by
 */
export function untilDeadline<T>(
  client: Pick<WorkflowClient, 'withAbortSignal' | 'withDeadline'>,
  deadline: number,
  call: () => Promise<T>,
  callsUntil = deadline,
): Promise<T> {
  const limit = AbortSignal.timeout(Math.max(deadline - Date.now(), 0));
  return client.withAbortSignal(limit, () => client.withDeadline(callsUntil, call));
}

/**
 * Connects when first used: a service starts without Temporal and says in /readyz that it is missing.
 * @param identity as histories name who has sent something; Temporal's own is the process's id and the machine's name
 */
export function createTemporalClient(
  { address, namespace, payloadKeys }: TemporalSettings,
  identity?: string,
): TemporalClient {
  const connection = Connection.lazy({ address });
  const client = new Client({
    connection,
    namespace,
    ...(identity !== undefined && { identity }),
    dataConverter: createDataConverter(payloadKeys),
    plugins: temporalTelemetryPlugins(),
  });
  return {
    client,
    check: async () => {
      await connection.withDeadline(Date.now() + 1500, () => connection.workflowService.getSystemInfo({}));
    },
    close: () => connection.close(),
  };
}
