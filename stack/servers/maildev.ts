import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { answersOk, talksTcp } from '../support/probes.js';
import type { Server } from './types.js';

const require = createRequire(import.meta.url);

/** Catches every mail and shows it on a page. */
export const maildev: Server = {
  name: 'maildev',
  keeps: 'mails',
  settings: ['SMTP_URL', 'INBOX_URL'],
  ports: ['SMTP_PORT', 'INBOX_PORT'],
  obtain: () => ({ from: 'the npm package', folder: path.dirname(require.resolve('maildev/package.json')) }),
  prepare({ dir, ports, environment }, { folder = '' }) {
    const mails = path.join(dir, 'data', 'mails');
    fs.mkdirSync(mails, { recursive: true });
    const args = [
      path.join(folder, 'bin', 'maildev'),
      ...['--ip', '127.0.0.1', '--smtp', `${ports.SMTP_PORT}`],
      ...['--web-ip', '127.0.0.1', '--web', `${ports.INBOX_PORT}`, '--mail-directory', mails],
    ];
    return {
      name: 'maildev',
      command: process.execPath,
      args,
      env: environment,
      background: true,
      within: 30_000,
      ready: () => takesMail(addresses(ports)),
    };
  },
  describe: ({ ports }) => addresses(ports),
  answers: takesMail,
};

function addresses(ports: Record<string, number>) {
  return { SMTP_URL: `smtp://127.0.0.1:${ports.SMTP_PORT}`, INBOX_URL: `http://127.0.0.1:${ports.INBOX_PORT}` };
}

async function takesMail({ SMTP_URL = '', INBOX_URL }: Record<string, string>) {
  if (INBOX_URL) await answersOk(`${INBOX_URL}/healthz`);
  return talksTcp(SMTP_URL, { expect: /^220 / });
}
