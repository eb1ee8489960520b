import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withChange } from '../../../workflows/order/testing/changed-saga.js';
import { build } from '../../containers/build.js';
import type { Engine } from '../../containers/engine.js';

interface Wish {
  from: string;
  image: string;
  signal: AbortSignal;
  detail: (text: string) => void;
}

/** The same image, but for a Saga that is another build. Resolves with that build. */
export async function buildChangedImage(engine: Engine, { from, image, signal, detail }: Wish): Promise<string> {
  const context = mkdtempSync(path.join(tmpdir(), 'holdfast-image-'));
  const at = (file: string) => path.join(context, file);
  try {
    const container = (await engine.docker(['create', from], { signal })).trim();
    await engine.docker(['cp', `${container}:/app/dist/workflow-bundle.js`, context], { signal });
    await engine.docker(['rm', container], { signal });
    const charge = 'await chargePayment(saga);';
    const former = readFileSync(at('workflow-bundle.js'), 'utf8');
    // No order that was charged by the other can follow it.
    const changed = withChange(former, 'order-saga', { text: charge, by: `await workflow.sleep(1); ${charge}` });
    writeFileSync(at('workflow-bundle.js'), changed);
    const changedBuild = `changed-${createHash('sha256').update(changed).digest('hex').slice(0, 12)}`;
    writeFileSync(at('workflow-build-id'), changedBuild);
    writeFileSync(at('Dockerfile'), `FROM ${from}\nCOPY workflow-bundle.js workflow-build-id /app/dist/\n`);
    await build(engine, { image, context, signal, detail });
    return changedBuild;
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
