import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import { pause } from '../support/probes.js';
import { PageError } from './page.js';

/** Questions are repeated for so long while what they are about moves. */
const movesForMs = 3000;
const askAgainMs = 100;

export interface Connection {
  kafka: Kafka;
  admin: Admin;
}

export type WithKafka = <T>(ask: (connection: Connection) => Promise<T>) => Promise<T>;

/** A connection for each page: nothing to mend when Kafka was away in between. Rejects within seconds when it can't be reached. */
export function connectTo(brokers: string[]): WithKafka {
  const kafka = new kafkajs.Kafka({
    clientId: 'kafka-ui',
    brokers,
    connectionTimeout: 1000,
    requestTimeout: 5000,
    retry: { initialRetryTime: 100, retries: 1 },
    // What fails is told on the page.
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const askOnce: WithKafka = async (ask) => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await ask({ kafka, admin });
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };
  return async (ask) => {
    for (const until = Date.now() + movesForMs; ;) {
      try {
        return await askOnce(ask);
      } catch (error) {
        if (!isMoving(error) || Date.now() > until) throw error;
        await pause(askAgainMs);
      }
    }
  };
}

/** A topic was made or deleted, or a group found another broker, between two questions of a page. Not so where nobody answers. */
function isMoving(error: unknown): boolean {
  const { type, cause } = (error ?? {}) as { type?: unknown; cause?: unknown };
  if (typeof type === 'string') return true;
  // Of some of Kafka's words kafkajs makes nothing, and then stumbles over it.
  if (error instanceof TypeError) return /[\\/]kafkajs[\\/]/.test(error.stack?.split('\n')[1] ?? '');
  return cause !== undefined && isMoving(cause);
}

/** Start: of the oldest message; end: of the next one to come. */
export interface Partition {
  partition: number;
  leader: number;
  start: bigint;
  end: bigint;
}

export interface Topic {
  name: string;
  partitions: Partition[];
}

/** All but Kafka's own. */
export async function listTopics(admin: Admin): Promise<Topic[]> {
  const names = await namesOf(admin);
  return names.length === 0 ? [] : describeTopics(admin, names);
}

/** @returns rejects with a page that says so when there is none */
export async function findTopic(admin: Admin, name: string): Promise<Topic> {
  // Asking for one that isn't there could make it.
  const names = await namesOf(admin);
  const [topic] = names.includes(name) ? await describeTopics(admin, [name]) : [];
  if (!topic) throw new PageError(404, 'There is no such topic', `Kafka has no topic named ${name}.`);
  return topic;
}

export function messagesIn({ partitions }: Topic) {
  return partitions.reduce((sum, { start, end }) => sum + end - start, 0n);
}

async function namesOf(admin: Admin) {
  return (await admin.listTopics()).filter((name) => !name.startsWith('__')).sort();
}

async function describeTopics(admin: Admin, names: string[]) {
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const described = await Promise.all(
    topics.map(async ({ name, partitions }) => {
      const offsets = new Map((await admin.fetchTopicOffsets(name)).map((entry) => [entry.partition, entry]));
      return {
        name,
        partitions: partitions
          .map(({ partitionId, leader }) => ({
            partition: partitionId,
            leader,
            start: BigInt(offsets.get(partitionId)?.low ?? 0),
            end: BigInt(offsets.get(partitionId)?.high ?? 0),
          }))
          .sort((a, b) => a.partition - b.partition),
      };
    }),
  );
  return described.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const { AssignerProtocol } = kafkajs;

interface Position {
  topic: string;
  partition: number;
  committed: bigint | undefined;
  end: bigint;
  lag: bigint;
  member: string | undefined;
}

interface Member {
  id: string;
  clientId: string;
  host: string;
  partitions: number;
}

interface Group {
  name: string;
  state: string;
  members: Member[];
  positions: Position[];
}

/** This page reads messages as a group of its own, see messages.ts: so they begin. */
export const ownGroups = 'holdfast-kafka-ui-';

/** All but those that this page reads messages with. */
export async function listGroups(admin: Admin, topics: Topic[]): Promise<Group[]> {
  const { groups } = await admin.listGroups();
  const names = groups.map(({ groupId }) => groupId).filter((name) => !name.startsWith(ownGroups));
  const described = await describeGroups(admin, names, topics);
  return described.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns rejects with a page that says so when there is none */
export async function findGroup(admin: Admin, name: string, topics: Topic[]): Promise<Group> {
  const { groups } = await admin.listGroups();
  const [group] = groups.some(({ groupId }) => groupId === name) ? await describeGroups(admin, [name], topics) : [];
  if (!group) throw new PageError(404, 'There is no such group', `Kafka knows no consumer group named ${name}.`);
  return group;
}

export function lagOf({ positions }: Group) {
  return positions.reduce((sum, { lag }) => sum + lag, 0n);
}

async function describeGroups(admin: Admin, names: string[], topics: Topic[]) {
  if (names.length === 0) return [];
  const { groups } = await admin.describeGroups(names);
  return Promise.all(
    groups.map(async ({ groupId, state, members }) => {
      const committed = await admin.fetchOffsets({ groupId });
      const offsets: Map<string, bigint> = new Map();
      for (const { topic, partitions } of committed)
        for (const { partition, offset } of partitions)
          if (BigInt(offset) >= 0n) offsets.set(`${topic}/${partition}`, BigInt(offset));
      const holders: Map<string, string> = new Map();
      for (const member of members) for (const place of assignmentOf(member)) holders.set(place, member.memberId);
      return {
        name: groupId,
        state,
        members: members.map((member) => ({
          id: member.memberId,
          clientId: member.clientId,
          host: member.clientHost,
          partitions: assignmentOf(member).length,
        })),
        // Of a topic that it reads every partition: of one that it never committed it has read nothing.
        positions: topics
          .filter(({ name }) => [...offsets.keys(), ...holders.keys()].some((place) => place.startsWith(`${name}/`)))
          .flatMap(({ name, partitions }) =>
            partitions.map(({ partition, start, end }) => {
              const place = `${name}/${partition}`;
              const next = offsets.get(place);
              // What was removed before it was read can't be read any more.
              const from = next === undefined || next < start ? start : next;
              const lag = end > from ? end - from : 0n;
              return { topic: name, partition, committed: next, end, lag, member: holders.get(place) };
            }),
          ),
      };
    }),
  );
}

/** @returns as <topic>/<partition> */
function assignmentOf({ memberAssignment }: { memberAssignment: Buffer }): string[] {
  // While the group finds its members nobody has anything yet.
  if (memberAssignment.length === 0) return [];
  const decoded = AssignerProtocol.MemberAssignment.decode(memberAssignment);
  return Object.entries(decoded?.assignment ?? {}).flatMap(([topic, partitions]) =>
    partitions.map((partition) => `${topic}/${partition}`),
  );
}
