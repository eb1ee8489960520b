import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { API_URL } from './addresses.js';
import type { Certificates } from './certificates.js';

/** How a part of the cluster, or we, reach the API server. */
export function writeKubeconfig(folder: string, user: string, certificates: Certificates): string {
  const file = path.join(folder, `${user}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: API_URL, 'certificate-authority': certificates.ca } }],
    users: [
      {
        name: user,
        user: { 'client-certificate': certificates.certificate(user), 'client-key': certificates.key(user) },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
    'current-context': 'test',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
