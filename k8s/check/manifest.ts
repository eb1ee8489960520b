/** A Kubernetes object, as far as the checks look into it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels; annotations?: Labels };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
}

export type Labels = Record<string, string>;

export interface Workload extends Manifest {
  spec: { selector?: Selector; template: PodTemplate; strategy?: { rollingUpdate?: { maxUnavailable?: unknown } } };
}

export interface PodTemplate {
  metadata: { labels: Labels };
  spec: PodSpec;
}

export interface PodSpec {
  automountServiceAccountToken?: boolean;
  serviceAccountName?: string;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  terminationGracePeriodSeconds?: number;
  topologySpreadConstraints?: unknown[];
  securityContext?: SecurityContext;
  initContainers?: Container[];
  containers: Container[];
  volumes?: Record<string, unknown>[];
}

interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seccompProfile?: { type: string };
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { drop?: string[]; add?: string[] };
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: Record<string, { name: string; key: string } | undefined> }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: { name?: string; containerPort: number }[];
  securityContext?: SecurityContext;
  resources?: { requests?: Labels; limits?: Labels };
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds: number } } };
}

export interface Probe {
  httpGet?: { path: string; port: string | number };
}

export interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'Job'];

export const workloadsIn = (manifests: readonly Manifest[]): Workload[] =>
  manifests.filter((manifest): manifest is Workload => WORKLOADS.includes(manifest.kind));

export const imagesIn = (manifests: readonly Manifest[]): string[] =>
  workloadsIn(manifests)
    .flatMap(({ spec: { template } }) => [...(template.spec.initContainers ?? []), ...template.spec.containers])
    .map(({ image }) => image);

/** Whether a selector takes what has these labels; an empty one takes everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key in labels;
      if (operator === 'In') return values.includes(labels[key] ?? '');
      throw new Error(`the checks don't know the operator ${operator}`);
    })
  );
}
