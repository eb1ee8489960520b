import { messagesByKey } from '../cluster/messages-by-key.js';
import { listTopics } from '../cluster/topics.js';
import { PageError } from '../page-error.js';
import { entryList } from './entries.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { count } from './parts.js';
import type { WithKafka } from '../cluster/connection.js';
import type { RequestHandler } from 'express';

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
