import { stringify } from 'yaml';
import { ownEnvironments, secretNamesOf } from '../../k8s/environments.js';
import { kustomization } from '../../k8s/dev-secrets.js';
import { readRules } from '../../monitoring/rules.js';
import { ourProcesses } from '../../stack/app/processes.js';

const head = '# Made from code by `npm run docs`.\n';

/** The ConfigMaps of the base, with what each process is told that is the same wherever it runs. */
export function kubernetesSettings(): string {
  const nowhere = { secrets: {}, databases: {}, REDIS_URL: '', SMTP_URL: '' } as Parameters<typeof ownEnvironments>[0];
  const made = Object.entries(ownEnvironments(nowhere)).map(([name, { settings }]) => [name, settings]);
  return (
    head + kustomization({ configMapGenerator: Object.fromEntries(made) as Record<string, Record<string, string>> })
  );
}

/** The Secrets of the production overlay, each from what a store of secrets has under `holdfast`. */
export function externalSecrets(): string {
  const names = [...ourProcesses.map(({ name }) => name), 'setup'];
  return head + names.map((name) => stringify(externalSecret(name))).join('---\n');
}

/** The rules of monitoring/rules.yml, as the operator of Prometheus takes them. */
export function prometheusRule(): string {
  const kind = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'holdfast' } };
  return head + stringify({ ...kind, spec: readRules() });
}

function externalSecret(process: string) {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: process },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'SecretStore', name: 'holdfast' },
      target: { name: process },
      data: secretNamesOf(process).map((name) => ({
        secretKey: name,
        remoteRef: { key: 'holdfast', property: nameInStore(process, name) },
      })),
    },
  };
}

/** One name is one secret in the store, whoever reads it. */
function nameInStore(process: string, setting: string): string {
  const { database, service } = ourProcesses.find(({ name }) => name === process) ?? {};
  if (setting === 'DATABASE_URL') return `${(database ?? '').toUpperCase()}_DATABASE_URL`;
  if (setting === 'OAUTH_CLIENT_SECRET')
    return `${(service ?? '').toUpperCase().replaceAll('-', '_')}_OAUTH_CLIENT_SECRET`;
  return setting;
}
