import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../../stack/support/run-command.js';
import { KUBERNETES_IP, NODE, NODE_IP } from './addresses.js';

interface Certificate {
  name: string;
  /** As openssl writes it: /O=group/CN=user. */
  subject: string;
  /** Of a server: the names and addresses it is called by. */
  of?: string[];
}

const CERTIFICATES: Certificate[] = [
  {
    name: 'server',
    subject: '/CN=server',
    of: [
      'DNS:kubernetes.default.svc',
      'DNS:localhost',
      `DNS:${NODE}`,
      ...['127.0.0.1', NODE_IP, KUBERNETES_IP].map((ip) => `IP:${ip}`),
    ],
  },
  { name: 'admin', subject: '/O=system:masters/CN=admin' },
  { name: 'controller-manager', subject: '/CN=system:kube-controller-manager' },
  { name: 'scheduler', subject: '/CN=system:kube-scheduler' },
  { name: 'proxy', subject: '/CN=system:kube-proxy' },
  { name: 'kubelet', subject: `/O=system:nodes/CN=system:node:${NODE}` },
];

export interface Certificates {
  ca: string;
  caKey: string;
  certificate: (name: string) => string;
  key: (name: string) => string;
  /** What signs the tokens of service accounts, and what they are checked with. */
  tokenKey: string;
  tokenPublicKey: string;
}

/** A certificate authority that nobody else trusts, and what it says about each part of the cluster. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (file: string) => path.join(folder, file);
  const openssl = (...args: string[]) => runCommand('openssl', args);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
  mkdirSync(folder, { recursive: true });
  const ca = { crt: at('ca.crt'), key: at('ca.key') };
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    ca.key,
    '-out',
    ca.crt,
    '-days',
    '2',
    '-subj',
    '/CN=holdfast-k8s',
  );
  for (const { name, subject, of } of CERTIFICATES) {
    const usage = of ? ['-addext', `subjectAltName=${of.join(',')}`] : [];
    const extensions = ['-addext', `extendedKeyUsage=${of ? 'serverAuth' : 'clientAuth'}`, ...usage];
    const out = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`), '-days', '2', '-subj', subject];
    await openssl('req', '-x509', '-CA', ca.crt, '-CAkey', ca.key, ...newKey, ...out, ...extensions);
  }
  const tokens = { key: at('tokens.key'), pub: at('tokens.pub') };
  await openssl('genrsa', '-out', tokens.key, '2048');
  await openssl('rsa', '-in', tokens.key, '-pubout', '-out', tokens.pub);
  return {
    ca: ca.crt,
    caKey: ca.key,
    certificate: (name) => at(`${name}.crt`),
    key: (name) => at(`${name}.key`),
    tokenKey: tokens.key,
    tokenPublicKey: tokens.pub,
  };
}
