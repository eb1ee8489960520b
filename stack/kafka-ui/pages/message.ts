import { toEntry, type Entry } from '../cluster/entry.js';
import { readMessages } from '../cluster/read-messages.js';
import { findTopic } from '../cluster/topics.js';
import { PageError } from '../page-error.js';
import { offsetIn, partitionIn } from './asked-place.js';
import { entryBody, keyOf } from './entries.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { messageAddress, topicLink } from './links.js';
import { timestamp } from './parts.js';
import type { WithKafka } from '../cluster/connection.js';
import type { RequestHandler } from 'express';

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
