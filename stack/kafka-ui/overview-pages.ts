import type { RequestHandler } from 'express';
import { lagOf, listGroups, listTopics, messagesIn, type WithKafka, findGroup } from './cluster.js';
import { html, layout, groupLink, topicLink, count, lag, table } from './page.js';

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
