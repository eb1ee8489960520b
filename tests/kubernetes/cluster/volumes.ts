import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NODE } from './addresses.js';

const CLASS = 'node';

/** Volumes as a cluster of one node can give them: folders of it, for whoever asks for the default class. */
export function writeVolumes(folder: string, count: number): string {
  const volumes = Array.from({ length: count }, (_, index) => {
    const place = path.join(folder, 'volumes', `${index}`);
    mkdirSync(place, { recursive: true });
    // Whoever the pod runs as.
    chmodSync(place, 0o777);
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `folder-${index}` },
      spec: {
        storageClassName: CLASS,
        capacity: { storage: '100Gi' },
        accessModes: ['ReadWriteOnce'],
        local: { path: place },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [NODE] }] },
            ],
          },
        },
      },
    };
  });
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const file = path.join(folder, 'volumes.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [storageClass, ...volumes] }));
  return file;
}
