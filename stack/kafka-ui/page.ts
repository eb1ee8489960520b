import type { ErrorRequestHandler } from 'express';

/** Text that is HTML already. */
class Html {
  constructor(readonly text: string) {}
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function render(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === undefined || value === null || value === false) return '';
  // What is put into a page are texts, numbers and what has a text of its own.
  // eslint-disable-next-line @typescript-eslint/no-base-to-string
  return String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A template whose values are escaped, for text and for attributes in quotes; what was made by this same template is put in as it is. */
export function html(strings: TemplateStringsArray, ...values: unknown[]) {
  return new Html(strings.map((string, index) => string + render(values[index])).join(''));
}

/** @param page key: what the search field holds */
export function layout({
  title,
  body,
  key = '',
  refreshSeconds,
}: {
  title: string;
  body: unknown;
  key?: string;
  refreshSeconds?: number;
}) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${refreshSeconds && html`<meta http-equiv="refresh" content="${refreshSeconds}" />`}
        <title>${title} – Kafka</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <a class="home" href="/">Kafka</a>
          <form action="/by-key" class="search">
            <label
              >All events of order <input name="key" value="${key}" placeholder="order id" size="38" required
            /></label>
            <button>Show</button>
          </form>
        </header>
        <main>${body}</main>
      </body>
    </html>`.text;
}

/** What a page answers instead of what it was asked for. */
export class PageError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail = '',
  ) {
    super(title);
  }
}

/** How soon a page that Kafka could not answer asks again. */
const askAgainSeconds = 5;

export function answerErrors(brokers: string[]): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    const { name, message, status = 0 } = (error ?? {}) as Partial<Error & { status: number }>;
    if (error instanceof PageError) return send(error.status, error.message, html`<p>${error.detail}</p>`);
    if (name?.startsWith('KafkaJS')) {
      res.set('retry-after', `${askAgainSeconds}`);
      return send(
        503,
        'Kafka does not answer',
        html`<p>Asked ${brokers.join(', ')}:</p>
          <pre>${message}</pre>
          <p>This page asks again every ${askAgainSeconds} seconds.</p>`,
        askAgainSeconds,
      );
    }
    if (status >= 400 && status < 500) return send(status, 'This address can not be read', '');
    console.error(error);
    send(500, 'This page has failed', html`<p>Its log says why.</p>`);

    function send(status: number, title: string, body: unknown, refreshSeconds?: number) {
      res.status(status).send(
        layout({
          title,
          refreshSeconds,
          body: html`<h1>${title}</h1>
            ${body}`,
        }),
      );
    }
  };
}

export const topicAddress = (name: string) => `/topics/${encodeURIComponent(name)}`;

export const topicLink = (name: string) => html`<a href="${topicAddress(name)}">${name}</a>`;

export const groupLink = (name: string) => html`<a href="/groups/${encodeURIComponent(name)}">${name}</a>`;

export const keyLink = (key: string) => html`<a href="/by-key?${new URLSearchParams({ key })}">${key}</a>`;

export const messageAddress = ({ topic, partition, offset }: { topic: string; partition: number; offset: bigint }) =>
  `${topicAddress(topic)}/${partition}/${offset}`;

/** A number with its thousands apart. */
export const count = (value: number | bigint) => value.toLocaleString('en-US');

export function timestamp(time: Date) {
  // What a producer says can be no time at all.
  if (Number.isNaN(time.getTime())) return html`<time>unknown</time>`;
  const [day = '', clock = ''] = time.toISOString().split('T');
  return html`<time datetime="${time.toISOString()}">${day} <b>${clock.replace('Z', '')}</b></time>`;
}

/** @param table numbers: the columns set to the right */
export function table({
  columns,
  rows,
  numbers = [],
  empty,
}: {
  columns: string[];
  rows: unknown[][];
  numbers?: string[];
  empty: string;
}) {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const kind = (index: number) => (numbers.includes(columns[index] ?? '') ? 'number' : '');
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${columns.map((name, index) => html`<th class="${kind(index)}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, index) => html`<td class="${kind(index)}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** How far behind; what is behind stands out. */
export const lag = (value: bigint) => (value === 0n ? '0' : html`<b class="behind">${count(value)}</b>`);
