import { html } from './html.js';

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
