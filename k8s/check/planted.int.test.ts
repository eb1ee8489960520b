import { beforeAll, describe, expect, it } from 'vitest';
import { kubectlKustomize, obtainKubernetesTools } from '../../stack/checks/kubernetes.js';
import { onThisMachine } from '../../stack/servers/registries.js';
import { connectionSettings } from './network.js';
import type { MadeUp } from './containers.js';
import { findingsIn } from './findings.js';
import type { Container, Manifest, PodSpec, Workload } from './manifest.js';
import { madeUpFor, OVERLAYS, parseManifests, renderText } from './render.js';
import { malformed } from './findings.js';

type Overlay = (typeof OVERLAYS)[number];

let kubeconform: string;
const rendered = {} as Record<Overlay, { text: string; madeUp: MadeUp }>;

beforeAll(async () => {
  const tools = await obtainKubernetesTools(onThisMachine());
  kubeconform = tools.kubeconform;
  for (const overlay of OVERLAYS) {
    const folder = `overlays/${overlay}`;
    const text = await renderText(kubectlKustomize() ?? tools.kustomize, folder);
    rendered[overlay] = { text, madeUp: await madeUpFor(folder) };
  }
});

function findingsAfter(overlay: Overlay, plant: (manifests: Manifest[]) => void): string[] {
  const manifests = parseManifests(rendered[overlay].text);
  plant(manifests);
  return findingsIn(manifests, rendered[overlay].madeUp);
}

const named = (manifests: Manifest[], kind: string, name: string): Manifest => {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name.startsWith(name));
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const workload = (manifests: Manifest[], kind: string, name: string) => named(manifests, kind, name) as Workload;
const remove = (manifests: Manifest[], kind: string, name: string) => {
  manifests.splice(manifests.indexOf(named(manifests, kind, name)), 1);
};

/** A mistake in a Deployment. */
const inPod =
  (name: string, plant: (spec: PodSpec, container: Container) => void, kind = 'Deployment') =>
  (manifests: Manifest[]) => {
    const { spec } = workload(manifests, kind, name).spec.template;
    plant(spec, spec.containers[0]!);
  };
const setting = (map: string, name: string, value: string | undefined) => (manifests: Manifest[]) => {
  const found = named(manifests, 'ConfigMap', map);
  const others = Object.entries(found.data ?? {}).filter(([other]) => other !== name);
  found.data = Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
};

const planted: [what: string, plant: (manifests: Manifest[]) => void, finding: string][] = [
  [
    'a root user',
    inPod('gateway', (spec) => (spec.securityContext!.runAsUser = 0)),
    'Deployment gateway, container holdfast, is root',
  ],
  [
    'a pod that may be root',
    inPod('redis', (spec) => delete spec.securityContext!.runAsNonRoot),
    'redis, container server, may be root',
  ],
  [
    'a writable root',
    inPod('kafka', (_, one) => delete one.securityContext!.readOnlyRootFilesystem, 'StatefulSet'),
    'kafka, container server, can write',
  ],
  [
    'a capability',
    inPod('zipkin', (_, one) => (one.securityContext!.capabilities!.add = ['NET_ADMIN'])),
    'zipkin, container server, has capabilities',
  ],
  [
    'privileges to be gained',
    inPod('maildev', (_, one) => delete one.securityContext!.allowPrivilegeEscalation),
    'maildev, container server, can gain',
  ],
  [
    'no seccomp profile',
    inPod('temporal', (spec) => delete spec.securityContext!.seccompProfile),
    'Deployment temporal has no seccomp',
  ],
  ['a token', inPod('setup', (spec) => delete spec.automountServiceAccountToken, 'Job'), 'Job setup is given a token'],
  [
    'files of the node',
    inPod('postgres', (spec) => spec.volumes!.push({ name: 'all', hostPath: { path: '/' } }), 'StatefulSet'),
    "reads the node's files",
  ],
  ["the node's network", inPod('gateway', (spec) => (spec.hostNetwork = true)), "shares the node's network"],
  [
    'no limit',
    inPod('order-worker', (_, one) => delete one.resources!.limits!['memory']),
    'order-worker, container holdfast, has no limit of memory',
  ],
  [
    'nothing asked for',
    inPod('temporal-ui', (_, one) => delete one.resources!.requests),
    'temporal-ui, container server, asks for no cpu',
  ],
  [
    'an image that moves',
    inPod('zipkin', (_, one) => (one.image = 'openzipkin/zipkin')),
    'which may be another tomorrow',
  ],
  ['latest', inPod('zipkin', (_, one) => (one.image = 'openzipkin/zipkin:latest')), 'which may be another tomorrow'],
  [
    'a namespace without Pod Security',
    (all) => (named(all, 'Namespace', 'holdfast').metadata.labels = {}),
    'does not enforce Pod Security',
  ],

  [
    'a probe of no path of ours',
    inPod('gateway', (_, one) => (one.livenessProbe!.httpGet!.path = '/health')),
    'liveness is asked at /health',
  ],
  [
    'a probe at another port',
    inPod('gateway', (_, one) => (one.readinessProbe!.httpGet!.port = 8081)),
    'readiness is asked at a port that is not its own',
  ],
  [
    'no startup probe',
    inPod('codec-server', (_, one) => delete one.startupProbe),
    'codec-server: has no startup probe',
  ],
  [
    'no pause before the end',
    inPod('gateway', (_, one) => delete one.lifecycle),
    'gateway: stops while it is still sent requests',
  ],
  [
    'too little time to end',
    inPod('gateway', (spec) => (spec.terminationGracePeriodSeconds = 30)),
    'gateway: is killed before it is done',
  ],
  [
    'all on one node',
    inPod('gateway', (spec) => delete spec.topologySpreadConstraints),
    'gateway: may lie on one node',
  ],
  [
    'no waiting for the setup',
    inPod('order-service', (spec) => delete spec.initContainers),
    'order-service: does not wait',
  ],
  [
    'waiting for a Temporal that is out of reach',
    inPod('gateway', (spec) => spec.initContainers![0]!.args!.push('--temporal')),
    'gateway: waits for a Temporal that it can not reach',
  ],
  [
    'no waiting for Temporal',
    inPod('order-worker', (spec) => spec.initContainers![0]!.args!.pop()),
    'order-worker: waits for a Temporal that it can not reach, or not for one that it can',
  ],
  [
    "another's account",
    inPod('order-service', (spec) => (spec.serviceAccountName = 'gateway')),
    'order-service: shares a service account',
  ],
  ['away while replaced', (all) => delete workload(all, 'Deployment', 'gateway').spec.strategy, 'gateway: may be away'],
  ['no budget', (all) => remove(all, 'PodDisruptionBudget', 'gateway'), 'gateway: has no budget'],
  ['no service', (all) => remove(all, 'Service', 'user-service'), 'user-service: has no service of its name'],
  ['a process left out', (all) => remove(all, 'Deployment', 'codec-server'), 'codec-server is not there'],

  ['another port', inPod('gateway', (_, one) => (one.ports![0]!.containerPort = 8000)), 'its port 8080 is not open'],
  ['another PORT', setting('user-service', 'PORT', '8082'), 'user-service, container holdfast: PORT is 8082, not 8081'],
  [
    'a setting left out',
    setting('site', 'KAFKA_BROKERS', undefined),
    'notification-service, container holdfast: KAFKA_BROKERS is missing',
  ],
  [
    'a misspelt setting',
    setting('gateway', 'RATE_LIMIT_ORDER_PER_MINUTE', '9'),
    'RATE_LIMIT_ORDER_PER_MINUTE is no setting of it',
  ],
  ['a setting of another', setting('gateway', 'MAIL_FROM', 'me'), 'MAIL_FROM is no setting of it'],
  ['a value that the code refuses', setting('site', 'ZIPKIN_URL', 'zipkin'), 'ZIPKIN_URL is refused'],
  ['a process that nobody knows', inPod('gateway', (_, one) => (one.args = ['gatway'])), 'there is no process gatway'],
  [
    'a ConfigMap left out',
    (all) => remove(all, 'ConfigMap', 'payment-worker'),
    'payment-worker reads ConfigMap payment-worker',
  ],

  [
    'no rule for a connection',
    (all) =>
      delete workload(all, 'Deployment', 'order-service').spec.template.metadata.labels['reaches/product-service'],
    'order-service -> product-service:8087 is not let through',
  ],
  [
    'a rule left out',
    (all) => remove(all, 'NetworkPolicy', 'to-kafka'),
    'order-worker -> kafka:9092 is not let through',
  ],
  [
    'a rule for nobody',
    (all) => (workload(all, 'Deployment', 'gateway').spec.template.metadata.labels['reaches/postgres'] = ''),
    'gateway -> postgres:5432 is let through, and nobody connects so',
  ],
  ['no denial', (all) => remove(all, 'NetworkPolicy', 'nothing'), 'anywhere -> codec-server is let through'],
  [
    'a rule for all ports',
    (all) => delete (named(all, 'NetworkPolicy', 'to-zipkin').spec!['egress'] as { ports?: unknown }[])[0]!.ports,
    'NetworkPolicy to-zipkin is about all ports',
  ],
  [
    'a rule for the world',
    (all) => (named(all, 'NetworkPolicy', 'user-service').spec!['ingress'] = [{}]),
    'anywhere -> user-service is let through',
  ],
  ['no way in', (all) => remove(all, 'NetworkPolicy', 'gateway'), 'nobody is let through to the gateway'],
  ['no names', (all) => remove(all, 'NetworkPolicy', 'names'), "gateway can't ask for names"],
];

describe('dev', () => {
  it('has nothing wrong with it', () => {
    expect(findingsAfter('dev', () => undefined)).toEqual([]);
  });

  it.each(planted)('%s is found', (_what, plant, finding) => {
    expect(findingsAfter('dev', plant).join('\n')).toContain(finding);
  });
});

describe('production', () => {
  it('has nothing wrong with it', () => {
    expect(findingsAfter('production', () => undefined)).toEqual([]);
  });

  it.each<[string, (manifests: Manifest[]) => void, string]>([
    [
      'a secret left out',
      (all) => (named(all, 'ExternalSecret', 'order-worker').spec!['data'] as unknown[]).shift(),
      'order-worker, container holdfast: DATABASE_URL is missing',
    ],
    [
      'a secret too many',
      (all) =>
        (named(all, 'ExternalSecret', 'gateway').spec!['data'] as unknown[]).push({ secretKey: 'JWT_PRIVATE_KEY' }),
      'JWT_PRIVATE_KEY is no setting of it',
    ],
    [
      'a way out too many',
      (all) => (workload(all, 'Deployment', 'gateway').spec.template.metadata.labels['reaches/smtp'] = ''),
      'gateway -> outside:587 is let through, and nobody connects so',
    ],
    [
      'a way out too few',
      (all) => remove(all, 'NetworkPolicy', 'to-temporal'),
      'order-worker -> outside:7233 is not let through',
    ],
  ])('%s is found', (_what, plant, finding) => {
    expect(findingsAfter('production', plant).join('\n')).toContain(finding);
  });
});

describe('form', () => {
  it.each(OVERLAYS)('%s has nothing wrong with it', (overlay) => {
    expect(malformed(kubeconform, rendered[overlay].text)).toEqual([]);
  });

  it.each<[Overlay, string, string, string]>([
    ['dev', 'readinessProbe:', 'readynessProbe:', 'readynessProbe'],
    ['dev', 'containerPort: 8080', "containerPort: '8080'", 'containerPort'],
    ['dev', 'maxUnavailable: 1', 'maxUnavailable: [1]', 'maxUnavailable'],
    ['dev', 'policyTypes:', 'types:', 'types'],
    ['production', 'minReplicas: 3', 'minReplica: 3', 'minReplica'],
    ['production', 'scaleTargetRef:', 'target:', 'target'],
    ['production', 'podMetricsEndpoints:', 'endpoints:', 'endpoints'],
    ['production', 'remoteRef:', 'ref:', 'ref'],
    ['production', 'apiVersion: keda.sh/v1alpha1', 'apiVersion: keda.sh/v1', 'could not find schema for ScaledObject'],
  ])('%s with %j as %j is found', (overlay, good, bad, finding) => {
    expect(rendered[overlay].text).toContain(good);
    expect(malformed(kubeconform, rendered[overlay].text.replaceAll(good, bad)).join('\n')).toContain(finding);
  });
});

it('knows which settings are addresses of what a process connects to', () => {
  expect(connectionSettings.filter((name) => !name.endsWith('DATABASE_URL') && !name.endsWith('SERVICE_URL'))).toEqual([
    'KAFKA_BROKERS',
    'OIDC_ISSUER',
    'OTLP_URL',
    'POSTGRES_ADMIN_URL',
    'PROMETHEUS_URL',
    'REDIS_URL',
    'SMTP_URL',
    'STRIPE_API_URL',
    'TEMPORAL_ADDRESS',
    'ZIPKIN_URL',
  ]);
});
