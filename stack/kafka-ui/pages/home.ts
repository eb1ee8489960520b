import { lagOf, listGroups } from '../cluster/groups.js';
import { listTopics, messagesIn } from '../cluster/topics.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { groupLink, topicLink } from './links.js';
import { count, lag, table } from './parts.js';
import type { WithKafka } from '../cluster/connection.js';
import type { RequestHandler } from 'express';

export function showHome(withKafka: WithKafka): RequestHandler {
  return async (_req, res) => {
    const { topics, groups } = await withKafka(async ({ admin }) => {
      const topics = await listTopics(admin);
      return { topics, groups: await listGroups(admin, topics) };
    });
    const body = html`<h1>Topics</h1>
      ${table({
        columns: ['Topic', 'Partitions', 'Messages'],
        numbers: ['Partitions', 'Messages'],
        rows: topics.map((topic) => [topicLink(topic.name), topic.partitions.length, count(messagesIn(topic))]),
        empty: 'There are no topics yet.',
      })}
      <h1>Consumer groups</h1>
      ${table({
        columns: ['Group', 'State', 'Members', 'Topics', 'Lag'],
        numbers: ['Members', 'Topics', 'Lag'],
        rows: groups.map((group) => [
          groupLink(group.name),
          group.state,
          group.members.length,
          new Set(group.positions.map(({ topic }) => topic)).size,
          lag(lagOf(group)),
        ]),
        empty: 'Nobody has read anything yet.',
      })}`;
    res.send(layout({ title: 'Topics', body }));
  };
}
