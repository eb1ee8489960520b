import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fromCache } from '../../../stack/support/cache.js';
import { runCommand } from '../../../stack/support/run-command.js';
import { canInstall, hasProgram, installPackages } from '../packages.js';
import { npmSettings, trustedCertificates } from '../machine.js';
import { describeLack } from '../missing.js';
import { labelName, type StandIn } from '../stand-in.js';

const certificates = trustedCertificates();

export const debian: StandIn = {
  image: 'debian:bookworm-slim',
  folder: 'debian',
  pins: [certificates],
  async make({ engine, context, label, tools: { environment: env, signal, detail } }) {
    if (!(await hasProgram('mmdebstrap', env))) {
      if (!canInstall()) throw new Error(describeLack('mmdebstrap'));
      await installPackages(['mmdebstrap'], { env, signal, detail });
    }
    const [archive, bundle] = [path.join(context, 'debian.tar'), path.join(context, 'certificates.crt')];
    fs.writeFileSync(bundle, certificates);
    await runCommand(path.join(context, 'slim.sh'), [archive, bundle], { env, signal, onLine: detail });
    const change = (text: string) => ['--change', text];
    const changes = [...change('CMD ["bash"]'), ...change(`LABEL ${labelName}=${label}`)];
    await engine.docker(['import', ...changes, archive, 'debian:bookworm-slim'], { signal });
  },
};

const [nodeVersion, npmVersion] = ['24.21.0', '11.19.0'];

export const node: StandIn = {
  image: `node:${nodeVersion}-bookworm-slim`,
  folder: 'node',
  on: debian,
  pins: [npmVersion],
  async prepare(context, { cache, signal, environment: env, detail }) {
    const packages = [`node-linux-${os.arch()}@${nodeVersion}`, `npm@${npmVersion}`];
    const { folder } = await fromCache({ cache, name: 'node-packages', pins: packages, signal }, async (folder) => {
      detail(`fetching ${packages.join(' and ')}`);
      await runCommand('npm', ['pack', '--silent', ...packages], { cwd: folder, env, signal });
      return 'the npm registry';
    });
    for (const [file, to, only] of [
      [`node-linux-${os.arch()}-${nodeVersion}.tgz`, 'node', ['package/bin/node']],
      [`npm-${npmVersion}.tgz`, 'npm', []],
    ] as const) {
      fs.mkdirSync(path.join(context, to));
      const strip = `--strip-components=${only.length > 0 ? 2 : 1}`;
      const args = ['-xzf', path.join(folder, file), '-C', path.join(context, to), strip, '--no-same-owner', ...only];
      await runCommand('tar', args, { env, signal });
    }
    fs.writeFileSync(path.join(context, 'npmrc'), await npmSettings(env));
  },
};
