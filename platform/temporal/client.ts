import { Client, Connection } from '@temporalio/client';
import { temporalTelemetryPlugins } from '../telemetry/telemetry.js';
import { createDataConverter } from './data-converter.js';
import type { TemporalSettings } from './settings.js';

export interface TemporalClient {
  client: Client;
  /** A readiness check: rejects while the server can't be reached. */
  check: () => Promise<void>;
  close: () => Promise<void>;
}

/** Connects when first used: a service starts without Temporal and says in /readyz that it is missing. */
export function createTemporalClient({ address, namespace, payloadKeys }: TemporalSettings): TemporalClient {
  const connection = Connection.lazy({ address });
  const client = new Client({
    connection,
    namespace,
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
