import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { renderMail } from '../templates/templates.js';
import { NotSent, type Channel } from './channel.js';

export interface EmailSettings {
  smtpUrl: string;
  /** The sender, such as "Holdfast <orders@holdfast.example>". */
  from: string;
}

export interface EmailChannel extends Channel {
  close(): void;
}

/** Each below a third of the consumer's session, so that a silent mail server does not cost it its partitions. */
const timeouts = { connectionTimeout: 3_000, greetingTimeout: 3_000, socketTimeout: 5_000, dnsTimeout: 3_000 };

/** E-mail over SMTP, on kept connections. */
export function createEmailChannel({ smtpUrl, from }: EmailSettings): EmailChannel {
  // No message is sent again by the pool: whether it may be is decided here.
  const transport = createTransport({ url: smtpUrl, pool: true, maxConnections: 3, maxRequeues: 0, ...timeouts });
  // The stream of each message under way: it is first read when the server has asked for the message.
  const streams = new Map<string, Readable>();
  transport.use('stream', (mail, done) => {
    const node = mail.message;
    const create = node.createReadStream.bind(node);
    node.createReadStream = (options) => {
      const stream = create(options);
      streams.set(node.messageId(), stream);
      return stream;
    };
    done();
  });

  return {
    send: async ({ key, user, message }) => {
      const messageId = messageIdOf(key);
      try {
        await transport.sendMail({
          messageId,
          from,
          to: { name: user.name, address: user.email },
          ...renderMail(message, user.name),
        });
      } catch (error) {
        const begun = streams.get(messageId)?.readableDidRead ?? false;
        if (!begun || wasRefused(error)) throw new NotSent(codeOf(error), { isAway: isAway(error), cause: error });
        throw new Error(`the mail server was lost while it took the message (${codeOf(error)})`, { cause: error });
      } finally {
        streams.delete(messageId);
      }
    },
    close: () => transport.close(),
  };
}

/** A mail server or reader that sees one id twice can tell that it is one message. */
function messageIdOf(key: string): string {
  return `<${key.replace(/[^\w.-]/g, '.')}@notifications.holdfast>`;
}

/** The server answered, with an error. */
function wasRefused(error: unknown): boolean {
  return Number((error as { responseCode?: unknown }).responseCode ?? 0) >= 400;
}

/** nodemailer's codes for what happens before any message is spoken of, or instead. */
const AWAY = ['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'ETLS', 'EREQUIRETLS', 'EPROXY', 'EPROTOCOL', 'EAUTH'];

/** 421 is for everything, whenever it is said. */
function isAway(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return AWAY.includes(String(code)) || responseCode === 421;
}

/** Code and reply code alone: a server's words may repeat the address. */
function codeOf(error: unknown): string {
  const { code, originalCode, responseCode } = error as {
    code?: unknown;
    originalCode?: unknown;
    responseCode?: unknown;
  };
  const codes = [code, originalCode, responseCode].filter((part) => part !== undefined && part !== false);
  return codes.length === 0 ? 'unknown' : codes.map(String).join(' ');
}
