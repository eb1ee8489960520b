import { layout } from './pages/layout.js';
import { html } from './pages/html.js';
import type { ErrorRequestHandler } from 'express';

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
