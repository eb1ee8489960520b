import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { dashboardJson, DASHBOARDS } from '../../monitoring/dashboards.js';
import { AUDIT_EVENTS } from '../../platform/audit.js';
import { apiTables } from './api.js';
import { configurationTables } from './configuration.js';
import { eventTables } from './events.js';
import { attackTable, guaranteeTables } from './guarantees.js';
import { externalSecrets, kubernetesSettings, prometheusRule } from './kubernetes.js';
import { alertTables, metricTables } from './metrics.js';
import { reconciliationTables } from './reconciliation.js';
import { sagaTables } from './saga.js';
import { code, table } from './table.js';

/** The documents that hold tables made from code, and where those come from. */
const documents: Record<string, () => Record<string, string>> = {
  'docs/api.md': apiTables,
  'docs/configuration.md': configurationTables,
  'docs/events.md': eventTables,
  'docs/guarantees.md': guaranteeTables,
  'docs/metrics.md': metricTables,
  'docs/monitoring.md': alertTables,
  'docs/reconciliation.md': reconciliationTables,
  'docs/saga.md': sagaTables,
  'docs/security.md': () => ({
    attacks: attackTable(),
    audit: table(
      ['`audit`', 'when'],
      Object.entries(AUDIT_EVENTS).map(([event, when]) => [code(event), when]),
    ),
  }),
};

/** Files that are made from code in whole. */
const files: Record<string, () => string> = {
  ...Object.fromEntries(
    Object.keys(DASHBOARDS).map((name) => [`monitoring/dashboards/${name}.json`, () => dashboardJson(name)]),
  ),
  'k8s/base/settings/kustomization.yaml': kubernetesSettings,
  'k8s/overlays/production/alerts.yaml': prometheusRule,
  'k8s/overlays/production/secrets.yaml': externalSecrets,
};

export const documentsMadeFromCode = [...Object.keys(documents), ...Object.keys(files)];

/** What stands in the file, and what should. Throws where a table has no place in the document, or a place no table. */
export async function remade(path: string): Promise<{ stands: string; should: string }> {
  const stands = await readFile(path, 'utf8');
  const filled = files[path]?.() ?? fill(stands, documents[path]?.() ?? {});
  return { stands, should: await format(filled, { ...(await resolveConfig(path)), filepath: path }) };
}

/** Puts each table between `<!-- made from code: name -->` and `<!-- end -->`. */
export function fill(text: string, tables: Record<string, string>): string {
  const placed = new Set<string>();
  const filled = text.replaceAll(
    /(<!-- made from code: ([a-z-]+) -->)[^]*?(<!-- end -->)/g,
    (_place, begin: string, name: string, end: string) => {
      const made = tables[name];
      if (made === undefined) throw new Error(`there is no table ${name}`);
      placed.add(name);
      return `${begin}\n\n${made}\n\n${end}`;
    },
  );
  const missing = Object.keys(tables).filter((name) => !placed.has(name));
  if (missing.length > 0) throw new Error(`there is no place for ${missing.join(', ')}`);
  return filled;
}
