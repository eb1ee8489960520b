import { settingsOfProcesses } from '../../docs/made-from-code/processes.js';
import { settingsOf } from '../../docs/made-from-code/settings.js';
import type { Run } from './runs.js';
import type { OurContainer } from './containers.js';
import {
  selects,
  workloadsIn,
  type Container,
  type Labels,
  type Manifest,
  type Selector,
  type Workload,
} from './manifest.js';

/** A settings' names of what a process connects to. */
const isAddress = (name: string) => /(_URL|_ADDRESS|_BROKERS|_ISSUER)$/.test(name);

/** Addresses that a process hands on or compares, and connects to nobody by. */
const ONLY_SAID = ['JWT_ISSUER', 'TEMPORAL_UI_URL'];

const DEFAULT_PORTS: Record<string, number> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
  'smtp:': 25,
  'smtps:': 465,
};

interface Address {
  host: string;
  port: number;
}

/** Whom a process connects to, by the settings that it reads. */
function connectionsOf({ process, environment }: Pick<Run, 'process' | 'environment'>): Address[] {
  const read = Object.keys(settingsOfProcesses[process] ?? {});
  const paysByStripe = environment['PAYMENT_PROVIDER'] === 'stripe' && read.includes('STRIPE_SECRET_KEY');
  return [
    ...read.filter((name) => isAddress(name) && !ONLY_SAID.includes(name)).map((name) => environment[name] ?? ''),
    // Stripe's package knows where it is.
    paysByStripe ? 'https://api.stripe.com' : '',
  ]
    .flatMap((text) => text.split(','))
    .filter((text) => text.trim() !== '')
    .map(addressIn);
}

/** The settings that say whom a process connects to, whoever reads them. */
export const connectionSettings = settingsOf(settingsOfProcesses)
  .map(({ name }) => name)
  .filter((name) => isAddress(name) && !ONLY_SAID.includes(name));

/** Of a URL, or of a host with its port. */
function addressIn(text: string): Address {
  const url = new URL(text.includes('://') ? text.trim() : `any://${text.trim()}`);
  return { host: url.hostname, port: url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port) };
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string };
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number | string; protocol?: string }[];
}

interface Policy {
  podSelector: Selector;
  policyTypes: string[];
  ingress?: Rule[];
  egress?: Rule[];
}

/** Connections between servers that are brought up beside us, and of operators. */
const OF_SERVERS: readonly (readonly [from: string, to: string])[] = [
  ['temporal', 'postgres:5432'],
  ['temporal-ui', 'temporal:7233'],
  ['temporal-admin-tools', 'temporal:7233'],
  // A broker connects to its own address when it ends a transaction.
  ['kafka', 'kafka:9092'],
];

/** From outside the namespace: callers and browsers, and whoever reads metrics. */
const FROM_OUTSIDE =
  /^(anywhere|namespace ingress-nginx) -> (gateway:8080|codec-server:8089)$|^namespace monitoring -> /;

/** Where what the policies let through is not what the code connects to. */
export function networkFindings(manifests: readonly Manifest[], ours: readonly OurContainer[]): string[] {
  const policies = manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ spec }) => spec as unknown as Policy);
  const workloads = workloadsIn(manifests);
  const wanted = new Set([...wantedBy(ours, manifests), ...wantedByServers(workloads, ours)]);
  const allowed = new Set(workloads.flatMap((from) => allowedFrom(from, workloads, policies)));
  const fromOutside = workloads.flatMap((to) => allowedFromOutside(to, policies));
  return [
    ...aboutAllPorts(manifests),
    ...[...wanted].filter((one) => !allowed.has(one)).map((one) => `${one} is not let through`),
    ...[...allowed].filter((one) => !wanted.has(one)).map((one) => `${one} is let through, and nobody connects so`),
    ...fromOutside.filter((one) => !FROM_OUTSIDE.test(one)).map((one) => `${one} is let through`),
    ...(fromOutside.some((one) => one.endsWith('-> gateway:8080')) ? [] : ['nobody is let through to the gateway']),
    ...workloads.filter((one) => !mayAskNames(one, policies)).map((one) => `${one.metadata.name} can't ask for names`),
  ];
}

function aboutAllPorts(manifests: readonly Manifest[]): string[] {
  return manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .filter(({ spec }) => {
      const { ingress = [], egress = [] } = spec as unknown as Policy;
      return [...ingress, ...egress].some(({ ports }) => ports === undefined);
    })
    .map(({ metadata }) => `NetworkPolicy ${metadata.name} is about all ports`);
}

/** `from -> to:port`; what is not in the cluster is `outside`. */
function wantedBy(ours: readonly OurContainer[], manifests: readonly Manifest[]): string[] {
  return ours
    .filter(({ process }) => process !== 'wait-for-setup')
    .flatMap(({ process, environment, workload }) =>
      connectionsOf({ process, environment }).map(({ host, port }) => {
        const isHere = manifests.some(({ kind, metadata }) => kind === 'Service' && metadata.name === host);
        return `${workload.metadata.name} -> ${isHere ? host : 'outside'}:${port}`;
      }),
    );
}

function wantedByServers(workloads: readonly Workload[], ours: readonly OurContainer[]): string[] {
  const isHere = (name: string) => workloads.some(({ metadata }) => metadata.name === name);
  const [outside] = ours.flatMap(({ environment }) => environment['TEMPORAL_ADDRESS'] ?? []);
  return OF_SERVERS.filter(([from]) => isHere(from)).map(([from, to]) => {
    const [host = '', port = ''] = to.split(':');
    return isHere(host) ? `${from} -> ${to}` : `${from} -> outside:${outside?.split(':')[1] ?? port}`;
  });
}

/** Nobody listens there: what is open at it is open at all. */
const ANY_PORT = 9;

function allowedFrom(from: Workload, workloads: readonly Workload[], policies: readonly Policy[]): string[] {
  const name = from.metadata.name;
  const rules = rulesFor(from, 'Egress', policies);
  if (rules === undefined) return [`${name} -> anywhere`];
  const inside = workloads.flatMap((to) =>
    [...portsOf(to).values(), ANY_PORT]
      .filter((port) => rules.some((rule) => reaches(rule, rule.to, to, port)))
      .filter(
        (port) => rulesFor(to, 'Ingress', policies)?.some((rule) => reaches(rule, rule.from, to, port, from)) ?? true,
      )
      .map((port) => `${name} -> ${to.metadata.name}:${port}`),
  );
  const outside = rules
    .filter(({ to }) => to === undefined || to.some(({ ipBlock }) => ipBlock !== undefined))
    .flatMap(({ ports }) => ports?.map(({ port }) => `${name} -> outside:${port}`) ?? [`${name} -> outside`]);
  return [...inside, ...outside];
}

function allowedFromOutside(to: Workload, policies: readonly Policy[]): string[] {
  const rules = rulesFor(to, 'Ingress', policies);
  if (rules === undefined) return [`anywhere -> ${to.metadata.name}`];
  return rules.flatMap(({ from, ports }) => {
    const peers = from?.filter(({ namespaceSelector, ipBlock }) => namespaceSelector ?? ipBlock).map(nameOfPeer);
    const open = ports?.map(({ port }) => `:${portsOf(to).get(port) ?? port}`) ?? [''];
    return (peers ?? ['anywhere']).flatMap((peer) => open.map((port) => `${peer} -> ${to.metadata.name}${port}`));
  });
}

const NAMESPACE = 'kubernetes.io/metadata.name';

const nameOfPeer = ({ namespaceSelector, ipBlock }: Peer): string =>
  ipBlock ? ipBlock.cidr : `namespace ${namespaceSelector?.matchLabels?.[NAMESPACE] ?? 'any'}`;

/** undefined: no policy is about it, so everything goes. */
function rulesFor(workload: Workload, type: 'Ingress' | 'Egress', policies: readonly Policy[]): Rule[] | undefined {
  const about = policies.filter(
    ({ podSelector, policyTypes }) => policyTypes.includes(type) && selects(podSelector, labelsOf(workload)),
  );
  if (about.length === 0) return undefined;
  return about.flatMap(({ ingress = [], egress = [] }) => (type === 'Ingress' ? ingress : egress));
}

/** Whether a rule is about this port of this pod, and about the pod at its other end. */
function reaches({ ports }: Rule, peers: Peer[] | undefined, to: Workload, port: number, other = to): boolean {
  const isPort = ports === undefined || ports.some((one) => (portsOf(to).get(one.port) ?? one.port) === port);
  const isPeer =
    peers === undefined ||
    peers.some(
      ({ podSelector, namespaceSelector, ipBlock }) =>
        !ipBlock && !namespaceSelector && selects(podSelector ?? {}, labelsOf(other)),
    );
  return isPort && isPeer;
}

function mayAskNames(workload: Workload, policies: readonly Policy[]): boolean {
  return (rulesFor(workload, 'Egress', policies) ?? [{}]).some(
    ({ to, ports }) =>
      (to?.some(({ namespaceSelector }) => namespaceSelector?.matchLabels?.[NAMESPACE] === 'kube-system') ?? true) &&
      (ports?.some(({ port, protocol }) => port === 53 && protocol === 'UDP') ?? true),
  );
}

const labelsOf = ({ spec }: Workload): Labels => spec.template.metadata.labels;

/** By name and by number. */
function portsOf({ spec }: Workload): Map<string | number, number> {
  const found = new Map<string | number, number>();
  for (const { name, containerPort } of spec.template.spec.containers.flatMap(({ ports = [] }: Container) => ports)) {
    found.set(containerPort, containerPort);
    if (name !== undefined) found.set(name, containerPort);
  }
  return found;
}
