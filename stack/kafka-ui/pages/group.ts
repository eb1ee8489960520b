import { findGroup, lagOf } from '../cluster/groups.js';
import { listTopics } from '../cluster/topics.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { topicLink } from './links.js';
import { count, lag, table } from './parts.js';
import type { WithKafka } from '../cluster/connection.js';
import type { RequestHandler } from 'express';

export function showGroup(withKafka: WithKafka): RequestHandler<{ group: string }> {
  return async (req, res) => {
    const group = await withKafka(async ({ admin }) => findGroup(admin, req.params.group, await listTopics(admin)));
    const clients = new Map(group.members.map(({ id, clientId }) => [id, clientId]));
    const body = html`<h1>Consumer group <code>${group.name}</code></h1>
      <p>${group.state}; in all ${lag(lagOf(group))} messages behind.</p>
      <h2>Members</h2>
      ${table({
        columns: ['Client', 'Host', 'Partitions', 'Member id'],
        numbers: ['Partitions'],
        rows: group.members.map(({ clientId, host, partitions, id }) => [
          clientId,
          html`<code>${host}</code>`,
          partitions,
          html`<code>${id}</code>`,
        ]),
        empty: 'It has no members now.',
      })}
      <h2>Lag</h2>
      ${table({
        columns: ['Topic', 'Partition', 'Read by', 'Committed', 'End', 'Lag'],
        numbers: ['Partition', 'Committed', 'End', 'Lag'],
        rows: group.positions.map((at) => [
          topicLink(at.topic),
          at.partition,
          at.member === undefined ? 'nobody' : clients.get(at.member),
          at.committed === undefined ? 'nothing yet' : count(at.committed),
          count(at.end),
          lag(at.lag),
        ]),
        empty: 'It has read nothing.',
      })}`;
    res.send(layout({ title: group.name, body }));
  };
}
