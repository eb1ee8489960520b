import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ProcessSpec } from '../../../stack/support/managed-process.js';
import { answersOk } from '../../../stack/support/probes.js';
import { runCommand } from '../../../stack/support/run-command.js';
import type { Programs } from '../parts/programs.js';
import { DNS_IP, NODE, NODE_IP, POD_NETWORK, SERVICE_NETWORK } from './addresses.js';
import type { Certificates } from './certificates.js';
import { CGROUP } from './cgroups.js';
import { writeKubeconfig } from './kubeconfig.js';

export const PAUSE_IMAGE = 'localhost/pause:1';
const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

interface ContainerdPlace {
  folder: string;
  /** Its images stay there from run to run. */
  imageStore: string;
  /** The folder of network plugins' settings. */
  networks: string;
}

/** What runs containers: another one than the machine's, in a /run of its own. */
export function containerd({ folder, imageStore, networks }: ContainerdPlace): ProcessSpec {
  const config = path.join(folder, 'containerd.toml');
  mkdirSync(imageStore, { recursive: true });
  writeFileSync(
    config,
    `version = 2
root = "${imageStore}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  disable_tcp_service = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${networks}"
`,
  );
  return {
    name: 'containerd',
    command: 'containerd',
    args: ['-c', config],
    ready: () => runCommand('ctr', ['version']).then(() => true),
  };
}

interface NodePlace {
  folder: string;
  programs: Programs;
  certificates: Certificates;
  adminKubeconfig: string;
}

/** What makes this a node: pods, service addresses, network policies. */
export function node({ folder, programs, certificates, adminKubeconfig }: NodePlace): ProcessSpec[] {
  const resolv = path.join(folder, 'resolv.conf');
  writeFileSync(resolv, '');
  const config = path.join(folder, 'kubelet.json');
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'cgroupfs',
      cgroupRoot: `/${CGROUP}`,
      failSwapOn: false,
      failCgroupV1: false,
      containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
      address: NODE_IP,
      readOnlyPort: 0,
      clusterDNS: [DNS_IP],
      clusterDomain: 'cluster.local',
      resolvConf: resolv,
      tlsCertFile: certificates.certificate('server'),
      tlsPrivateKeyFile: certificates.key('server'),
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: certificates.ca },
      },
      authorization: { mode: 'Webhook' },
      // No image can be pulled again, and the machine's disk is not ours.
      imageGCHighThresholdPercent: 100,
      evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
      serializeImagePulls: false,
      // More is refused where root may not raise limits.
      oomScoreAdj: 0,
      maxOpenFiles: 20_000,
      podLogsDir: path.join(folder, 'pod-logs'),
    }),
  );
  const proxy = writeKubeconfig(folder, 'proxy', certificates);
  const noConntrackLimits = ['max-per-core', 'min', 'tcp-timeout-established', 'tcp-timeout-close-wait'];
  return [
    {
      name: 'kubelet',
      command: programs.kubelet,
      args: [
        ...['--config', config, '--kubeconfig', writeKubeconfig(folder, 'kubelet', certificates)],
        ...['--root-dir', path.join(folder, 'kubelet'), '--hostname-override', NODE, '--node-ip', NODE_IP],
      ],
      ready: () => answersOk('http://127.0.0.1:10248/healthz'),
    },
    {
      name: 'kube-proxy',
      command: programs['kube-proxy'],
      args: [
        ...['--kubeconfig', proxy, '--proxy-mode=iptables', `--cluster-cidr=${POD_NETWORK}`],
        ...['--hostname-override', NODE, '--oom-score-adj=0', '--healthz-bind-address=127.0.0.1:10256'],
        ...noConntrackLimits.map((name) => `--conntrack-${name}=0`),
      ],
      ready: () => answersOk('http://127.0.0.1:10256/healthz'),
    },
    {
      name: 'kube-router',
      command: programs['kube-router'],
      args: [
        ...['--run-firewall=true', '--run-router=false', '--run-service-proxy=false', '--run-loadbalancer=false'],
        ...['--kubeconfig', adminKubeconfig, '--hostname-override', NODE],
        ...[`--service-cluster-ip-range=${SERVICE_NETWORK}`, '--health-port=0', '--metrics-port=0'],
      ],
      ready: () => runCommand('iptables', ['-S', 'KUBE-ROUTER-FORWARD']).then(() => true),
    },
  ];
}
