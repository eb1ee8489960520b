import { html } from './html.js';
import { keyLink, messageAddress, topicLink } from './links.js';
import { count, timestamp } from './parts.js';
import type { Entry } from '../cluster/entry.js';

/** How much of a text stands on a closed line. */
const lineLength = 160;

export function entryList(entries: Entry[]) {
  return html`<ol class="entries">
    ${entries.map(
      (entry) =>
        html`<li>
          <div class="where">
            ${timestamp(entry.time)} <span>${topicLink(entry.topic)}</span>
            <a href="${messageAddress(entry)}">partition ${entry.partition}, offset ${entry.offset}</a>
            <span>${keyOf(entry)}</span>
          </div>
          ${errorsOf(entry)}
          <details>
            <summary><code>${line(entry)}</code></summary>
            ${entryBody(entry)}
          </details>
        </li>`,
    )}
  </ol>`;
}

export function entryBody(entry: Entry) {
  return html`${valueOf(entry)} ${headersOf(entry)}`;
}

export function keyOf({ key }: Entry) {
  return key === undefined ? 'no key' : keyLink(key);
}

function valueOf(entry: Entry) {
  const { value } = entry;
  if (!value) return html`<p class="empty">No value: it says that its key was deleted.</p>`;
  const text = value.json === undefined ? value.text : JSON.stringify(value.json, undefined, 2);
  return html`<pre>${text}</pre>
    ${value.binary && html`<p class="empty">${count(value.bytes)} bytes that are no text, in hexadecimal.</p>`}
    ${value.cut && html`<p class="empty"><a href="${messageAddress(entry)}">All of its ${count(value.bytes)} bytes</a></p>`}`;
}

/** What a dead letter failed of. */
function errorsOf({ headers }: Entry) {
  return headers
    .filter(({ name }) => name.endsWith('error'))
    .map(({ value }) => html`<p class="error">${shortened(value)}</p>`);
}

function headersOf({ headers }: Entry) {
  return (
    headers.length > 0 &&
    html`<table class="headers">
      ${headers.map(
        ({ name, value }) =>
          html`<tr>
            <th>${name}</th>
            <td><code>${value}</code></td>
          </tr>`,
      )}
    </table>`
  );
}

function line({ key, value }: Entry) {
  if (!value) return '(no value)';
  if (value.json === undefined || Array.isArray(value.json)) return shortened(value.text);
  // Of an event, its data is what differs; of that, what has a name and one value.
  const { data } = value.json;
  const facts = Object.entries(typeof data === 'object' && data !== null ? data : value.json)
    .filter(([, fact]: [string, unknown]) => fact !== key && (typeof fact !== 'object' || fact === null))
    .map(([name, fact]) => html`<b>${name}</b> ${shortened(String(fact))} `);
  return facts.length > 0 ? facts : shortened(value.text);
}

function shortened(text: string) {
  return text.length > lineLength ? `${text.slice(0, lineLength)}…` : text;
}
