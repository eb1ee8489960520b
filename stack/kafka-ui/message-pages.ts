import type { RequestHandler } from 'express';
import { findTopic, messagesIn, type Topic, type WithKafka, listTopics, type Partition } from './cluster.js';
import {
  pageOfMessages,
  type Before,
  partitionOf,
  toEntry,
  type Entry,
  readMessages,
  messagesByKey,
} from './messages.js';
import {
  PageError,
  html,
  layout,
  topicAddress,
  count,
  table,
  messageAddress,
  topicLink,
  timestamp,
  keyLink,
} from './page.js';

/** As it stands in the address; empty when not said. */
interface Asked {
  partition: string;
  offset: string;
  key: string;
  before: string;
}

export function showTopic(withKafka: WithKafka): RequestHandler<{ topic: string }> {
  return async (req, res) => {
    const asked = readAsked(req.query);
    const { topic, page } = await withKafka(async (connection) => {
      const topic = await findTopic(connection.admin, req.params.topic);
      return { topic, page: await pageOfMessages(connection, topic, wantedOf(topic, asked)) };
    });
    const body = html`<h1>Topic <code>${topic.name}</code></h1>
      ${table({
        columns: ['Partition', 'Leader', 'Start', 'End', 'Messages'],
        numbers: ['Partition', 'Leader', 'Start', 'End', 'Messages'],
        rows: topic.partitions.map(({ partition, leader, start, end }) => [
          html`<a href="${topicAddress(topic.name)}?partition=${partition}">${partition}</a>`,
          leader,
          count(start),
          count(end),
          count(end - start),
        ]),
        empty: 'It has no partitions.',
      })}
      <h2>Messages</h2>
      ${filter(topic, asked)} ${page.entries.length === 0 && html`<p class="empty">${nothingFound(topic, asked)}</p>`}
      ${entryList(page.entries)}
      <nav>
        ${asked.before !== '' && html`<a href="${addressOf(topic, { ...asked, before: '' })}">← newest</a>`}
        ${page.older && html`<a rel="next" href="${addressOf(topic, { ...asked, offset: '', before: writeBefore(page.older) })}">older →</a>`}
      </nav>`;
    res.send(layout({ title: topic.name, body, key: asked.key }));
  };
}

function readAsked(query: Record<string, unknown>): Asked {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name].trim() : '');
  return { partition: text('partition'), offset: text('offset'), key: text('key'), before: text('before') };
}

function wantedOf(topic: Topic, { partition, offset, key, before }: Asked) {
  const only = partition === '' ? undefined : partitionIn(topic, partition);
  const from: Before = before === '' ? new Map<number, bigint>() : readBefore(topic, before);
  // An offset is a partition's: it, and what is older.
  if (offset !== '') {
    if (!only) throw new PageError(400, 'Which partition?', 'An offset counts within a partition: choose one.');
    from.set(only.partition, offsetIn(only, offset) + 1n);
  }
  const all = topic.partitions.map((one) => one.partition);
  const holding = key === '' ? all : [partitionOf(topic, key)];
  return { before: from, partitions: only ? [only.partition] : holding, ...(key === '' ? {} : { key }) };
}

function filter(topic: Topic, { partition, offset, key }: Asked) {
  return html`<form class="filter">
    <label
      >Partition
      <select name="partition">
        <option value="">all</option>
        ${topic.partitions.map(
          (one) =>
            html`<option value="${one.partition}" ${`${one.partition}` === partition && html`selected`}>
              ${one.partition}
            </option>`,
        )}
      </select></label
    >
    <label>from offset <input name="offset" value="${offset}" size="8" inputmode="numeric" /></label>
    <label>with key <input name="key" value="${key}" size="38" /></label>
    <button>Filter</button>
  </form>`;
}

function nothingFound(topic: Topic, { key }: Asked) {
  if (messagesIn(topic) === 0n) return 'This topic is empty.';
  return key === '' ? 'There are no messages here.' : 'There is no message with this key here.';
}

function addressOf(topic: Topic, asked: Asked) {
  const said = Object.entries(asked).filter(([, value]) => value !== '');
  return `${topicAddress(topic.name)}?${new URLSearchParams(said).toString()}`;
}

export function showMessage(
  withKafka: WithKafka,
): RequestHandler<{ topic: string; partition: string; offset: string }> {
  return async (req, res) => {
    const { place, offset, entry } = await withKafka(async (connection) => {
      const topic = await findTopic(connection.admin, req.params.topic);
      const place = partitionIn(topic, req.params.partition);
      const offset = offsetIn(place, req.params.offset);
      let entry: Entry | undefined;
      const range = { topic: topic.name, partition: place.partition, from: offset, to: offset + 1n };
      await readMessages(connection, [range], (...message) => void (entry = toEntry(...message)));
      return { place, offset, entry };
    });
    if (!entry)
      throw new PageError(404, 'There is no message here', 'It was removed, or is only the mark of a transaction.');

    const beside = (other: bigint) => messageAddress({ ...entry, offset: other });
    const body = html`<h1>${topicLink(entry.topic)}, partition ${entry.partition}, offset ${entry.offset}</h1>
      <p>${timestamp(entry.time)}, key <code>${keyOf(entry)}</code></p>
      ${entryBody(entry)}
      <nav>
        ${offset > place.start && html`<a rel="prev" href="${beside(offset - 1n)}">← offset ${offset - 1n}</a>`}
        ${offset + 1n < place.end && html`<a rel="next" href="${beside(offset + 1n)}">offset ${offset + 1n} →</a>`}
      </nav>`;
    res.send(layout({ title: `${entry.topic} ${entry.partition}/${entry.offset}`, body, key: entry.key }));
  };
}

export function showByKey(withKafka: WithKafka): RequestHandler {
  return async (req, res) => {
    const key = typeof req.query.key === 'string' ? req.query.key.trim() : '';
    if (key === '') throw new PageError(400, 'Which order?', 'Give its id: the key of all its events.');
    const { entries, leftOut } = await withKafka(async (connection) =>
      messagesByKey(connection, await listTopics(connection.admin), key),
    );
    const body = html`<h1>All events of <code>${key}</code></h1>
      ${entries.length === 0 && html`<p class="empty">No topic has a message with this key.</p>`} ${entryList(entries)}
      ${leftOut > 0n && html`<p class="empty">${count(leftOut)} older messages were not looked at.</p>`}`;
    res.send(layout({ title: key, body, key }));
  };
}

/** How much of a text stands on a closed line. */
const lineLength = 160;

function entryList(entries: Entry[]) {
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

function entryBody(entry: Entry) {
  return html`${valueOf(entry)} ${headersOf(entry)}`;
}

function keyOf({ key }: Entry) {
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

function partitionIn({ name, partitions }: Topic, text: string): Partition {
  const found = partitions.find(({ partition }) => BigInt(partition) === wholeNumber('partition', text));
  if (!found)
    throw new PageError(404, 'There is no such partition', `${name} has partitions 0 to ${partitions.length - 1}.`);
  return found;
}

function offsetIn({ partition, start, end }: Partition, text: string): bigint {
  const offset = wholeNumber('offset', text);
  if (start === end) throw new PageError(404, 'There is no such message', `Partition ${partition} is empty.`);
  if (offset < start || offset >= end)
    throw new PageError(404, 'There is no such message', `Partition ${partition} has offsets ${start} to ${end - 1n}.`);
  return offset;
}

/** @param text as `writeBefore` made it */
function readBefore(topic: Topic, text: string): Before {
  return new Map(
    text.split(',').map((one) => {
      const [partition = '', offset = ''] = one.split(':');
      return [partitionIn(topic, partition).partition, wholeNumber('offset', offset)];
    }),
  );
}

function writeBefore(before: Before) {
  return [...before].map(([partition, offset]) => `${partition}:${offset}`).join(',');
}

/** @returns as Kafka counts: 63 bits */
function wholeNumber(what: string, text: string): bigint {
  if (!/^\d{1,18}$/.test(text))
    throw new PageError(400, `This is no ${what}`, `${what} must be a whole number, not "${text}".`);
  return BigInt(text);
}
