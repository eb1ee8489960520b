import type { Kafka } from 'kafkajs';
import { type DeadLetter, readDeadLetters, sendAgain } from './dead-letters.js';

export const USAGE = `npm run dlq -- list
npm run dlq -- show <id>
npm run dlq -- resend <id> [<id> ...]
npm run dlq -- resend --all

Notifications that could not be told: what lies in the topic notifications-dlq and was not sent again yet.
  list    each with its id, when it was given up, its topic, the order or user it is about, and its error
  show    one of them: its error, its headers, and the event
  resend  sends one, some or all to the topics that they came from, each once; one that fails again comes back as a new one;
          one that may have gone is sent only where its id is given, and may then be told twice
KAFKA_BROKERS names another Kafka, HOLDFAST_DIR the folder of another stack.`;

/** The command can't do what it was told; the message says why. */
export class CommandFailed extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

/** What an operator typed, with what it prints. Throws CommandFailed; rejects otherwise when Kafka can't be reached. */
export async function runCommand(args: readonly string[], kafka: Kafka, deadLetterTopic: string): Promise<string> {
  const [verb, ...ids] = args;
  const wrongId = ids.find((id) => id !== '--all' && !/^\d+-\d+$/.test(id));
  if (wrongId !== undefined) throw new CommandFailed(`"${wrongId}" is no id: those of "list" are like 3-17`, 2);
  if (verb === 'list' && ids.length === 0) return list(await readDeadLetters(kafka, deadLetterTopic));
  if (verb === 'show' && ids.length === 1 && ids[0] !== '--all') {
    const { waiting, sentAgain } = await readDeadLetters(kafka, deadLetterTopic);
    const letter = waiting.find(({ id }) => id === ids[0]);
    if (letter) return show(letter);
    const because = sentAgain.has(String(ids[0])) ? 'was sent again before' : 'is no dead letter that lies there';
    throw new CommandFailed(`${ids[0]} ${because}`, 1);
  }
  const isAll = ids.length === 1 && ids[0] === '--all';
  if (verb === 'resend' && (isAll || (ids.length > 0 && !ids.includes('--all')))) {
    const { sent, left, mayHaveGone } = await sendAgain({ kafka, deadLetterTopic, ids: isAll ? 'all' : ids });
    const said = sent.map(({ id, topic }) => `${id} sent again to ${topic}`);
    if (isAll) said.push(`${sent.length} sent again`);
    // No failure: they are for somebody to decide about, and lie there for as long as nobody does.
    said.push(...mayHaveGone.map(({ id }) => `${id} may have gone: give its id to send it`));
    if (left.length === 0) return said.join('\n');
    throw new CommandFailed([...said, ...left.map(({ id, because }) => `${id} ${because}`)].join('\n'), 1);
  }
  throw new CommandFailed(USAGE, 2);
}

const COLUMNS = ['id', 'time', 'topic', 'about', 'error'] as const;

function list({ waiting }: { waiting: DeadLetter[] }): string {
  if (waiting.length === 0) return 'no dead letters';
  const rows = waiting.map(factsOf);
  const width = (column: keyof Facts) => Math.max(column.length, ...rows.map((row) => row[column].length));
  const line = (cell: (column: keyof Facts) => string) =>
    COLUMNS.map((column) => cell(column).padEnd(width(column)))
      .join('  ')
      .trimEnd();
  return [line((column) => column.toUpperCase()), ...rows.map((row) => line((column) => row[column]))].join('\n');
}

type Facts = Record<(typeof COLUMNS)[number], string>;

function factsOf({ id, time, topic = '?', about, error }: DeadLetter): Facts {
  return { id, time, topic, about, error };
}

function show(letter: DeadLetter): string {
  const lines = (pairs: Record<string, string>) =>
    Object.entries(pairs)
      .map(([name, text]) => `${name}: ${text}`)
      .join('\n');
  return `${lines(factsOf(letter))}\n\nheaders\n${lines(letter.headers)}\n\nevent\n${readable(letter.value)}`;
}

function readable(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2);
  } catch {
    return value;
  }
}
