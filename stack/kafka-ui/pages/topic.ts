import { pageOfMessages, type Before } from '../cluster/message-page.js';
import { partitionOf } from '../cluster/messages-by-key.js';
import { findTopic, messagesIn, type Topic } from '../cluster/topics.js';
import { PageError } from '../page-error.js';
import { offsetIn, partitionIn, readBefore, writeBefore } from './asked-place.js';
import { entryList } from './entries.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { topicAddress } from './links.js';
import { count, table } from './parts.js';
import type { WithKafka } from '../cluster/connection.js';
import type { RequestHandler } from 'express';

/** as it stands in the address; empty when not said */
export interface Asked {
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
