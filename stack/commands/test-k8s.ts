import fs from 'node:fs';
import path from 'node:path';
import { describeMissing, type Missing } from '../prerequisites.js';
import { begin } from '../servers/all.js';
import { keepsake } from '../support/paths.js';
import { startAndEnd } from '../support/start-and-end.js';

const dir = path.join(keepsake, 'test-k8s');

/** `npm run test:k8s`: the manifests and the image in a cluster of one node, brought up for it; arguments go to vitest. */
export async function run() {
  await startAndEnd(async (started) => {
    const missing = missingForNode();
    if (missing.length > 0) throw new Error(describeMissing(missing, process.platform));
    await begin({ dir, command: 'npm run test:k8s' }, started);

    // Only now are there packages to import.
    const { runInCluster } = await import('../../tests/kubernetes/run/main.js');
    process.exitCode = await runInCluster({ dir, args: process.argv.slice(2), ...started });
  });
  // What is left open must not keep us.
  process.exit();
}

function missingForNode(): Missing[] {
  const why = 'a node of a cluster is made of its packages';
  const machine = 'a virtual machine of Debian 12 or Ubuntu 24.04';
  const missing = [];
  if (!fs.existsSync('/etc/debian_version'))
    missing.push({
      what: 'Debian or Ubuntu',
      why,
      found: `this is another ${process.platform}`,
      debian: machine,
      macos: `${machine}: limactl start template://debian-12`,
    });
  if (process.getuid?.() !== 0)
    missing.push({
      what: 'root',
      why: 'brings up networks and containers, in namespaces of their own',
      found: `this is user ${process.getuid?.()}`,
      debian: 'sudo --preserve-env npm run test:k8s',
      macos: `in ${machine}: sudo --preserve-env npm run test:k8s`,
    });
  return missing;
}
