// @ts-check
import { html } from './html.js';
import { keyLink, messageAddress, topicLink } from './links.js';
import { count, timestamp } from './parts.js';

/** @typedef {import('../cluster/entry.js').Entry} Entry */

/** How much of a text stands on a closed line. */
const lineLength = 160;

/** @param {Entry[]} entries */
export function entryList(entries) {
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

/** @param {Entry} entry */
export function entryBody(entry) {
  return html`${valueOf(entry)} ${headersOf(entry)}`;
}

/** @param {Entry} entry */
export function keyOf({ key }) {
  return key === undefined ? 'no key' : keyLink(key);
}

/** @param {Entry} entry */
function valueOf(entry) {
  const { value } = entry;
  if (!value) return html`<p class="empty">No value: it says that its key was deleted.</p>`;
  const text = value.json === undefined ? value.text : JSON.stringify(value.json, undefined, 2);
  return html`<pre>${text}</pre>
    ${value.binary && html`<p class="empty">${count(value.bytes)} bytes that are no text, in hexadecimal.</p>`}
    ${value.cut && html`<p class="empty"><a href="${messageAddress(entry)}">All of its ${count(value.bytes)} bytes</a></p>`}`;
}

/** What a dead letter failed of. @param {Entry} entry */
function errorsOf({ headers }) {
  return headers
    .filter(({ name }) => name.endsWith('error'))
    .map(({ value }) => html`<p class="error">${shortened(value)}</p>`);
}

/** @param {Entry} entry */
function headersOf({ headers }) {
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

/** @param {Entry} entry */
function line({ key, value }) {
  if (!value) return '(no value)';
  if (value.json === undefined || Array.isArray(value.json)) return shortened(value.text);
  // Of an event, its data is what differs; of that, what has a name and one value.
  const { data } = value.json;
  const facts = Object.entries(typeof data === 'object' && data !== null ? data : value.json)
    .filter(([, fact]) => fact !== key && (typeof fact !== 'object' || fact === null))
    .map(([name, fact]) => html`<b>${name}</b> ${shortened(`${fact}`)} `);
  return facts.length > 0 ? facts : shortened(value.text);
}

/** @param {string} text */
function shortened(text) {
  return text.length > lineLength ? `${text.slice(0, lineLength)}…` : text;
}
