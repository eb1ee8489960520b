/** The client doesn't tell a status from a text; these are what statuses say. */
const statuses = new Set(['OK', 'PONG', 'QUEUED']);

/**
 * A reply as redis-cli shows it on a terminal.
 * @param indent for the lines after the first
 */
export function formatReply(reply: unknown, indent: string = ''): string {
  if (reply === null || reply === undefined) return '(nil)';
  if (typeof reply === 'number' || typeof reply === 'bigint') return `(integer) ${reply}`;
  if (reply instanceof Error) return `(error) ${reply.message}`;
  if (!Array.isArray(reply)) {
    const text = plain(reply);
    return statuses.has(text) ? text : JSON.stringify(text);
  }
  if (reply.length === 0) return '(empty array)';
  const width = `${reply.length}`.length;
  return reply
    .map((item, index) => {
      const head = `${`${index + 1}`.padStart(width)}) `;
      return `${index > 0 ? indent : ''}${head}${formatReply(item, indent + ' '.repeat(head.length))}`;
    })
    .join('\n');
}

/** A reply as redis-cli shows it to another program: the plain values, one a line. */
export function rawReply(reply: unknown): string {
  if (Array.isArray(reply)) return reply.map(rawReply).join('\n');
  if (reply instanceof Error) return reply.message;
  return reply === null || reply === undefined ? '' : plain(reply);
}

/** Texts, numbers and bytes. */
function plain(reply: unknown) {
  return String(reply);
}
