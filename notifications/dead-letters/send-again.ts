import type { Kafka } from 'kafkajs';
import { mayHaveGone, messageToSendAgain, noteThatSentAgain, type DeadLetter } from './dead-letter.js';
import { readDeadLetters } from './read-dead-letters.js';

export interface SendAgainSettings {
  kafka: Kafka;
  deadLetterTopic: string;
  /** Or all that wait. */
  ids: readonly string[] | 'all';
}

export interface SentAgain {
  sent: DeadLetter[];
  /** Those asked for that were not sent, and why. */
  left: { id: string; because: string }[];
}

/**
 * Sends dead letters to the topics that they came from, each once: more often only when this dies between sending one
 * and noting that, or when two run at the same time; the customer is told once all the same. One that fails again
 * comes back as a new dead letter; one that may have gone is sent where its id is given. Rejects when Kafka can't be reached.
 */
export async function sendAgain({ kafka, deadLetterTopic, ids }: SendAgainSettings): Promise<SentAgain> {
  const { waiting, sentAgain } = await readDeadLetters(kafka, deadLetterTopic);
  const wanted = waiting.filter((letter) => (ids === 'all' ? !mayHaveGone(letter) : ids.includes(letter.id)));
  const unknown = ids === 'all' ? [] : ids.filter((id) => !wanted.some((letter) => letter.id === id));
  const left = unknown.map((id) => ({
    id,
    because: sentAgain.has(id) ? 'was sent again before' : 'is no dead letter that lies there',
  }));
  if (ids === 'all')
    for (const { id } of waiting.filter(mayHaveGone))
      left.push({ id, because: 'may have gone: give its id to send it' });
  const sent: DeadLetter[] = [];
  if (wanted.length === 0) return { sent, left };
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    for (const letter of wanted) {
      if (letter.topic === undefined) {
        left.push({ id: letter.id, because: 'does not say which topic it came from' });
        continue;
      }
      await producer.send({ topic: letter.topic, acks: -1, messages: [messageToSendAgain(letter)] });
      await producer.send({ topic: deadLetterTopic, acks: -1, messages: [noteThatSentAgain(letter)] });
      sent.push(letter);
    }
    return { sent, left };
  } finally {
    await producer.disconnect();
  }
}
