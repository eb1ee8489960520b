import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { fateOf, KEPT, keptBuild } from './builds/kept-build.js';
import type { Workload } from './check/manifest.js';

// `npm run k8s:builds -- keep|drop [--namespace holdfast]`. keep, before an upgrade: the build of the Saga that the order
// worker runs now gets a Deployment of its own, so that it stays for the orders that it began. drop, whenever after: those
// that have no order any more go.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { namespace: { type: 'string', default: 'holdfast' } },
});

function kubectl(args: string[], input?: string): string {
  const all = ['--namespace', values.namespace, ...args];
  return execFileSync('kubectl', all, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** In a pod of the order worker. */
const inWorker = (...command: string[]): string =>
  kubectl(['exec', 'deployment/order-worker', '--container=holdfast', '--', 'node', ...command]).trim();

const runningBuild = () => inWorker('--print', "fs.readFileSync('dist/workflow-build-id', 'utf8')");

function keep(): void {
  const build = runningBuild();
  const deployment = JSON.parse(kubectl(['get', 'deployment', 'order-worker', '--output=json'])) as Workload;
  const kept = keptBuild(deployment, build);
  kubectl(['apply', '--server-side', '--field-manager=k8s-builds', '--filename=-'], JSON.stringify(kept));
  kubectl(['rollout', 'status', `deployment/${kept.metadata.name}`, '--timeout=5m']);
  say(`${build} stays, as the Deployment ${kept.metadata.name}`);
}

function drop(): void {
  const said = inWorker('dist/stack/container/main.js', 'roll-out', 'builds');
  const builds = new Map(said.split('\n').map((line) => line.split(' ') as [string, string]));
  const running = runningBuild();
  const { items } = JSON.parse(kubectl(['get', 'deployments', `--selector=${KEPT}`, '--output=json'])) as {
    items: Workload[];
  };
  for (const { metadata } of items) {
    const build = metadata.annotations?.[KEPT] ?? '';
    const fate = fateOf(build, { builds, running });
    if (fate.startsWith('go')) kubectl(['delete', 'deployment', metadata.name]);
    say(`${metadata.name}: ${fate}`);
  }
  if (items.length === 0) say('no older build is kept');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (positionals[0] === 'keep') keep();
else if (positionals[0] === 'drop') drop();
else {
  say('npm run k8s:builds -- keep|drop [--namespace holdfast]');
  process.exitCode = 2;
}
