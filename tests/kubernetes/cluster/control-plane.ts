import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import type { ProcessSpec } from '../../../stack/support/managed-process.js';
import { answersOk } from '../../../stack/support/probes.js';
import type { Programs } from '../parts/programs.js';
import { API_PORT, ETCD_URL, NODE_IP, POD_NETWORK, SERVICE_NETWORK } from './addresses.js';
import type { Certificates } from './certificates.js';
import { writeKubeconfig } from './kubeconfig.js';

interface Place {
  /** Configuration and data lie below it. */
  folder: string;
  programs: Programs;
  certificates: Certificates;
}

/** etcd and the API server, which the others need, then the controllers and the scheduler. */
export function controlPlane({ folder, programs, certificates }: Place): ProcessSpec[] {
  const own = [
    '--tls-cert-file',
    certificates.certificate('server'),
    '--tls-private-key-file',
    certificates.key('server'),
  ];
  const ready = (port: number, page: string) => () => answersHttps(certificates.ca, port, page);
  const asUser = (user: string) => {
    const file = writeKubeconfig(folder, user, certificates);
    return ['--kubeconfig', '--authentication-kubeconfig', '--authorization-kubeconfig'].flatMap((flag) => [
      flag,
      file,
    ]);
  };
  const alone = ['--leader-elect=false', '--bind-address=127.0.0.1'];
  return [
    {
      name: 'etcd',
      command: programs.etcd,
      args: [
        // It is lost with the run anyway.
        ...['--unsafe-no-fsync', '--data-dir', path.join(folder, 'etcd'), '--log-level', 'warn'],
        ...['--listen-client-urls', ETCD_URL, '--advertise-client-urls', ETCD_URL],
      ],
      ready: () => answersOk(`${ETCD_URL}/health`),
    },
    {
      name: 'kube-apiserver',
      command: programs['kube-apiserver'],
      args: [
        ...['--etcd-servers', ETCD_URL, '--bind-address=0.0.0.0', `--secure-port=${API_PORT}`],
        // Loopback would be taken for each pod's own.
        `--advertise-address=${NODE_IP}`,
        ...own,
        ...['--client-ca-file', certificates.ca],
        ...['--kubelet-client-certificate', certificates.certificate('admin')],
        ...['--kubelet-client-key', certificates.key('admin')],
        ...['--kubelet-certificate-authority', certificates.ca, '--kubelet-preferred-address-types=InternalIP'],
        ...['--service-account-key-file', certificates.tokenPublicKey],
        ...['--service-account-signing-key-file', certificates.tokenKey],
        '--service-account-issuer=https://kubernetes.default.svc',
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        `--service-cluster-ip-range=${SERVICE_NETWORK}`,
        '--profiling=false',
      ],
      within: 120_000,
      ready: ready(API_PORT, '/readyz'),
    },
    {
      name: 'kube-controller-manager',
      command: programs['kube-controller-manager'],
      args: [
        ...asUser('controller-manager'),
        ...alone,
        ...own,
        ...['--service-account-private-key-file', certificates.tokenKey, '--root-ca-file', certificates.ca],
        ...['--cluster-signing-cert-file', certificates.ca, '--cluster-signing-key-file', certificates.caKey],
        ...['--use-service-account-credentials=true', '--allocate-node-cidrs=true', `--cluster-cidr=${POD_NETWORK}`],
      ],
      ready: ready(10257, '/healthz'),
    },
    {
      name: 'kube-scheduler',
      command: programs['kube-scheduler'],
      args: [...asUser('scheduler'), ...alone, ...own],
      ready: ready(10259, '/healthz'),
    },
  ];
}

function answersHttps(caFile: string, port: number, page: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: page, ca: readFileSync(caFile), timeout: 5_000, agent: false };
    https
      .get(options, (answer) => {
        answer.resume();
        if (answer.statusCode === 200) resolve(true);
        else reject(new Error(`${page} on port ${port} answers ${answer.statusCode ?? 'nothing'}`));
      })
      .on('timeout', () => reject(new Error(`nothing said on port ${port}`)))
      .on('error', reject);
  });
}
