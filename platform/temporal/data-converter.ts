import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { EncryptionCodec } from './payload-codec.js';
import type { CodecOptions, PayloadKeys } from './payload-codec.js';

/** For `bundleWorkflowCode`, which needs the path and no codec. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.js', import.meta.url));

/** JSON, encrypted, failures too. The same in clients, workers and tests, or they can't read each other. */
export function createDataConverter(keys: PayloadKeys, options: CodecOptions = {}): DataConverter {
  return { payloadCodecs: [new EncryptionCodec(keys, options)], failureConverterPath };
}
