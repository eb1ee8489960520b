// @ts-check
import { layout } from './pages/layout.js';
import { html } from './pages/html.js';

/** What a page answers instead of what it was asked for. */
export class PageError extends Error {
  /** @param {number} status @param {string} title @param {string} [detail] */
  constructor(status, title, detail = '') {
    super(title);
    this.status = status;
    this.detail = detail;
  }
}

/** How soon a page that Kafka could not answer asks again. */
const askAgainSeconds = 5;

/**
 * @param {string[]} brokers
 * @returns {import('express').ErrorRequestHandler}
 */
export function answerErrors(brokers) {
  return (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof PageError) return send(error.status, error.message, html`<p>${error.detail}</p>`);
    if (String(error?.name).startsWith('KafkaJS')) {
      res.set('retry-after', `${askAgainSeconds}`);
      return send(
        503,
        'Kafka does not answer',
        html`<p>Asked ${brokers.join(', ')}:</p>
          <pre>${error.message}</pre>
          <p>This page asks again every ${askAgainSeconds} seconds.</p>`,
        askAgainSeconds,
      );
    }
    if (error?.status >= 400 && error?.status < 500) return send(error.status, 'This address can not be read', '');
    console.error(error);
    send(500, 'This page has failed', html`<p>Its log says why.</p>`);

    /** @param {number} status @param {string} title @param {unknown} body @param {number} [refreshSeconds] */
    function send(status, title, body, refreshSeconds) {
      res.status(status).send(
        `${layout({
          title,
          refreshSeconds,
          body: html`<h1>${title}</h1>
            ${body}`,
        })}`,
      );
    }
  };
}
