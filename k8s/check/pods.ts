import { healthRouter } from '../../platform/health.js';
import { createLogger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';
import { ourProcessContainers, type OurContainer } from './containers.js';
import {
  selects,
  workloadsIn,
  type Container,
  type Manifest,
  type Probe,
  type Selector,
  type Workload,
} from './manifest.js';
import { isPinned } from './runs.js';

/** What no pod may do, whoever's it is. */
export function unsafePods(manifests: readonly Manifest[]): string[] {
  return workloadsIn(manifests).flatMap((workload) => {
    const { spec } = workload.spec.template;
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    const wrong = [
      [spec.automountServiceAccountToken !== false, 'is given a token of the cluster'],
      [
        spec.hostNetwork === true || spec.hostPID === true || spec.hostIPC === true,
        "shares the node's network or processes",
      ],
      [spec.volumes?.some((volume) => 'hostPath' in volume) === true, "reads the node's files"],
      [spec.securityContext?.seccompProfile?.type !== 'RuntimeDefault', 'has no seccomp profile'],
    ] as const;
    return [
      ...wrong.filter(([is]) => is).map(([, what]) => `${nameOf(workload)} ${what}`),
      ...containers.flatMap((container) =>
        unsafeContainer(container, workload).map((what) => `${nameOf(workload)}, container ${container.name}, ${what}`),
      ),
    ];
  });
}

function unsafeContainer({ image, securityContext = {}, resources = {} }: Container, workload: Workload): string[] {
  const whole = workload.spec.template.spec.securityContext ?? {};
  const user = securityContext.runAsUser ?? whole.runAsUser;
  const wrong: [boolean, string][] = [
    [(securityContext.runAsNonRoot ?? whole.runAsNonRoot) !== true, 'may be root'],
    [user === undefined || user === 0, 'is root, or whoever its image says'],
    [securityContext.readOnlyRootFilesystem !== true, 'can write to its root file system'],
    [securityContext.allowPrivilegeEscalation !== false || securityContext.privileged === true, 'can gain privileges'],
    [
      securityContext.capabilities?.drop?.includes('ALL') !== true || securityContext.capabilities.add !== undefined,
      'has capabilities',
    ],
    [!isPinned(image), `runs ${image}, which may be another tomorrow`],
    ...['cpu', 'memory'].flatMap((what): [boolean, string][] => [
      [resources.limits?.[what] === undefined, `has no limit of ${what}`],
      [resources.requests?.[what] === undefined, `asks for no ${what}`],
    ]),
  ];
  return wrong.filter(([is]) => is).map(([, what]) => what);
}

/** What our processes need beside that, to be replaced without anybody noticing. */
export function unsteadyProcesses(manifests: readonly Manifest[], ours: readonly OurContainer[]): string[] {
  return ourProcessContainers(ours).flatMap(({ process, workload, container }) => {
    const { spec, metadata } = workload.spec.template;
    const portNamed = (port: string | number) =>
      (container.ports ?? []).find((one) => one.name === port || one.containerPort === port)?.containerPort;
    const wrongProbe = ([kind, probe, path]: readonly [string, Probe | undefined, string]): string[] => {
      if (probe?.httpGet === undefined) return [`has no ${kind} probe`];
      if (probe.httpGet.path !== path || !healthPaths.includes(path))
        return [`${kind} is asked at ${probe.httpGet.path}`];
      return portNamed(probe.httpGet.port) === undefined ? [`${kind} is asked at a port that is not its own`] : [];
    };
    const wait = spec.initContainers?.find(({ args }) => args?.[0] === 'wait-for-setup')?.args;
    const pause = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const wrong: [boolean, string][] = [
      [workload.spec.strategy?.rollingUpdate?.maxUnavailable !== 0, 'may be away while it is replaced'],
      [pause < 5, 'stops while it is still sent requests'],
      [(spec.terminationGracePeriodSeconds ?? 30) < pause + LONGEST_DRAIN_S + 5, 'is killed before it is done'],
      [(spec.topologySpreadConstraints ?? []).length === 0, 'may lie on one node, all of it'],
      [wait === undefined, 'does not wait for the setup'],
      [
        wait?.includes('--temporal') !== 'reaches/temporal' in metadata.labels,
        'waits for a Temporal that it can not reach, or not for one that it can',
      ],
      [!selects(workload.spec.selector ?? {}, metadata.labels), 'does not select its own pods'],
      [spec.serviceAccountName !== workload.metadata.name, 'shares a service account'],
      [
        !has(manifests, 'ServiceAccount', ({ metadata: { name } }) => name === spec.serviceAccountName),
        'has no account',
      ],
      [!has(manifests, 'PodDisruptionBudget', (one) => selects(selectorOf(one), metadata.labels)), 'has no budget'],
      [!hasService(manifests, process, workload, portNamed), 'has no service of its name that leads to it'],
    ];
    const probes = [
      ['startup', container.startupProbe, '/healthz'],
      ['liveness', container.livenessProbe, '/healthz'],
      ['readiness', container.readinessProbe, '/readyz'],
    ] as const;
    const found = [...wrong.filter(([is]) => is).map(([, what]) => what), ...probes.flatMap(wrongProbe)];
    return found.map((what) => `${nameOf(workload)}: ${what}`);
  });
}

/** How long a process may take to stop. */
const LONGEST_DRAIN_S = 25;

const healthPaths = healthRouter({
  checks: {},
  metrics: createMetrics('any'),
  logger: createLogger({ service: 'any', level: 'silent' }),
}).stack.map(({ route }) => String(route?.path));

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

const selectorOf = ({ spec }: Manifest): Selector => spec?.['selector'] ?? {};

const has = (manifests: readonly Manifest[], kind: string, fits: (one: Manifest) => boolean): boolean =>
  manifests.some((one) => one.kind === kind && fits(one));

function hasService(
  manifests: readonly Manifest[],
  process: string,
  { spec }: Workload,
  portNamed: (port: string | number) => number | undefined,
): boolean {
  return has(manifests, 'Service', (one) => {
    const { selector = {}, ports = [] } = one.spec as {
      selector?: Record<string, string>;
      ports?: { port: number; targetPort?: string | number }[];
    };
    return (
      one.metadata.name === process &&
      selects({ matchLabels: selector }, spec.template.metadata.labels) &&
      ports.some(({ port, targetPort = port }) => portNamed(targetPort) === port)
    );
  });
}
