import { readFileSync } from 'node:fs';
import { kubectlKustomize, obtainKubernetesTools } from '../stack/checks/kubernetes.js';
import { onThisMachine } from '../stack/servers/registries.js';
import { composeFindings, parseCompose } from './check/compose.js';
import { findingsIn, malformed } from './check/findings.js';
import { imagesIn } from './check/manifest.js';
import { madeUpFor, OVERLAYS, parseManifests, renderText } from './check/render.js';

// `npm run k8s:check`: renders the overlays, holds them against the schemas of Kubernetes and of the operators whose
// resources they use, and against our own rules and code. Where a tool can't be had it says so.
let why = '';
const built = await obtainKubernetesTools(onThisMachine()).catch((error: unknown) => {
  why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return undefined;
});
const kustomize = kubectlKustomize() ?? built?.kustomize;
const found: string[] = [];
/** Of the overlay that brings its servers along. */
const images: string[] = [];

if (kustomize === undefined) {
  leave(
    'for want of kubectl (https://kubernetes.io/docs/tasks/tools), or Go 1.26 or newer (https://go.dev/dl): the Kubernetes manifests',
  );
} else {
  if (built === undefined)
    leave(`for want of Go 1.26 or newer (https://go.dev/dl): manifests against their schemas. ${why}`);
  for (const folder of [...OVERLAYS.map((name) => `overlays/${name}`), 'operators']) {
    const text = await renderText(kustomize, folder);
    const findings = built === undefined ? [] : malformed(built.kubeconform, text);
    images.push(...imagesIn(parseManifests(text)));
    if (folder !== 'operators') findings.push(...findingsIn(parseManifests(text), await madeUpFor(folder)));
    found.push(...findings.map((finding) => `k8s/${folder}: ${finding}`));
  }
}
found.push(
  ...composeFindings(parseCompose(readFileSync('docker-compose.yml', 'utf8')), images).map(
    (finding) => `docker-compose.yml: ${finding}`,
  ),
);
for (const finding of found) say(finding);
if (found.length > 0) process.exitCode = 1;

/** Whoever works on something else goes on; the pipeline must not call that green. */
function leave(text: string): void {
  say(`Not checked, ${text}`);
  if (process.env.CI) process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
