import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { defaultPayloadConverter, METADATA_ENCODING_KEY, ValueError } from '@temporalio/common';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';

// A CommonJS package whose names Node can't see: only its default export can be imported.
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Named AES-256 keys. Old ones stay for reading; `current` is the id of the one that writes. */
export interface PayloadKeys {
  keys: Record<string, string>;
  current: string;
}

export interface CodecOptions {
  /**
   * For a worker of workflows, where a refusal stops a workflow until it is reset. Results and failures of activities are
   * taken also unencrypted: an operator who completes or fails one by hand with `tctl` has no key. What else a workflow
   * is told, by a signal say, is none (null) where nobody can ever read it. Default false.
   */
  inWorkflows?: boolean;
}

/** No key is missing: it is wrong by itself, and stays so. */
class Unreadable extends ValueError {}

const encoding = 'binary/encrypted';
const keyIdField = 'encryption-key-id';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM over the whole payload: nonce (12 bytes), ciphertext, tag (16 bytes); the key's id is in the metadata
 * and authenticated. A payload that is not encrypted is refused, or whoever can write to Temporal could pass its own.
 */
export class EncryptionCodec implements PayloadCodec {
  private readonly keys: Map<string, Buffer>;

  constructor(
    private readonly settings: PayloadKeys,
    private readonly options: CodecOptions = {},
  ) {
    this.keys = new Map(Object.entries(settings.keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
    this.keyOf(settings.current);
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.encrypt(payload)));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal has to reject, not throw
  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    if (!this.options.inWorkflows) return payloads.map((payload) => this.decrypt(payload));
    const byHand = context?.type === 'activity' && !context.isLocal;
    if (byHand) return payloads.map((payload) => (isEncrypted(payload) ? this.decrypt(payload) : payload));
    return payloads.map((payload) =>
      context?.type === 'workflow' ? this.decryptOrNone(payload) : this.decrypt(payload),
    );
  }

  /** The same each time the history is replayed, by whoever has the keys; who lacks one fails, and may have it later. */
  private decryptOrNone(payload: Payload): Payload {
    try {
      const plain = this.decrypt(payload);
      assertReadable(plain);
      return plain;
    } catch (error) {
      if (error instanceof Unreadable) return defaultPayloadConverter.toPayload(null);
      throw error;
    }
  }

  private encrypt(payload: Payload): Payload {
    const keyId = this.settings.current;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.keyOf(keyId), nonce, { authTagLength: tagBytes }).setAAD(
      Buffer.from(keyId),
    );
    const plain = PayloadMessage.encode(payload).finish();
    return {
      metadata: { [METADATA_ENCODING_KEY]: Buffer.from(encoding), [keyIdField]: Buffer.from(keyId) },
      data: Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
    };
  }

  private decrypt(payload: Payload): Payload {
    const { metadata, data } = payload;
    if (!isEncrypted(payload) || !data) throw new Unreadable('refused a payload that is not encrypted');
    const keyId = text(metadata?.[keyIdField]);
    const bytes = Buffer.from(data);
    if (bytes.length < nonceBytes + tagBytes) throw new Unreadable('refused an encrypted payload that is cut short');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.keyOf(keyId), bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(keyId))
        .setAuthTag(bytes.subarray(-tagBytes));
      const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
      return PayloadMessage.decode(plain);
    } catch (error) {
      if (error instanceof ValueError) throw error;
      throw new Unreadable(`a payload does not match its key "${keyId}"`);
    }
  }

  private keyOf(id: string): Buffer {
    const key = this.keys.get(id);
    if (key === undefined) throw new ValueError(`no payload key "${id}" in PAYLOAD_KEYS`);
    if (key.length !== 32) throw new ValueError(`payload key "${id}" in PAYLOAD_KEYS must be base64 of 32 bytes`);
    return key;
  }
}

/** As the workflow's own converter will read it. */
function assertReadable(plain: Payload): void {
  try {
    defaultPayloadConverter.fromPayload(plain);
  } catch (error) {
    throw new Unreadable('refused a payload whose content can not be read', error);
  }
}

function isEncrypted({ metadata }: Payload): boolean {
  return text(metadata?.[METADATA_ENCODING_KEY]) === encoding;
}

function text(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString() : '';
}
