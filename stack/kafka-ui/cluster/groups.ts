import kafkajs from 'kafkajs';
import { PageError } from '../page-error.js';
import { isOurs } from './read-messages.js';
import type { Admin } from 'kafkajs';
import type { Topic } from './topics.js';

const { AssignerProtocol } = kafkajs;

export interface Position {
  topic: string;
  partition: number;
  committed: bigint | undefined;
  end: bigint;
  lag: bigint;
  member: string | undefined;
}

export interface Member {
  id: string;
  clientId: string;
  host: string;
  partitions: number;
}

export interface Group {
  name: string;
  state: string;
  members: Member[];
  positions: Position[];
}

/** All but those that this page reads messages with. */
export async function listGroups(admin: Admin, topics: Topic[]): Promise<Group[]> {
  const { groups } = await admin.listGroups();
  const names = groups.map(({ groupId }) => groupId).filter((name) => !isOurs(name));
  const described = await describe(admin, names, topics);
  return described.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns rejects with a page that says so when there is none */
export async function findGroup(admin: Admin, name: string, topics: Topic[]): Promise<Group> {
  const { groups } = await admin.listGroups();
  const [group] = groups.some(({ groupId }) => groupId === name) ? await describe(admin, [name], topics) : [];
  if (!group) throw new PageError(404, 'There is no such group', `Kafka knows no consumer group named ${name}.`);
  return group;
}

export function lagOf({ positions }: Group) {
  return positions.reduce((sum, { lag }) => sum + lag, 0n);
}

async function describe(admin: Admin, names: string[], topics: Topic[]) {
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
