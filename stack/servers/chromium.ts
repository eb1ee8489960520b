import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { thisMachine } from '../prerequisites.js';
import { isCached } from '../support/cache.js';
import { runCommand } from '../support/run-command.js';
import { cached } from './registries.js';
import type { Server, ServerContext } from './types.js';

const version = '153.0.0';
const integrity = 'sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==';

const script = `#!/bin/sh
# A Chromium without a window, with the libraries and fonts that a bare machine lacks.
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chrome-headless-shell" "$@"
`;
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><dir>/usr/share/fonts</dir></fontconfig>
`;
const pins = [version, script, fonts];

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macos = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

/**
 * The browser of the tests: this machine's own, else the npm package
 * @sparticuz /chromium.
 */
export const chromium: Server = {
  name: 'chromium',
  settings: ['CHROMIUM'],
  ports: [],
  isHere: (cache) => installed() !== undefined || isCached({ cache, name: 'chromium', pins }),
  async obtain(context) {
    const program = installed();
    if (program) return { from: 'this machine', program };
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Error('no browser for the tests: install Chromium or Google Chrome, or name one with CHROMIUM');
    const got = await cached(context, { name: 'chromium', pins }, (folder) => fetched(context, folder));
    return { ...got, program: path.join(got.folder, 'chromium') };
  },
  describe: (_, { program = '' }) => ({ CHROMIUM: program }),
};

/** Asked for its version, because a name on the path may be the stub of a package that isn't there. */
function installed() {
  const onThePath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...onThePath, ...macos]
    .filter((file) => fs.existsSync(file))
    .find((file) => /Chrom/.test(thisMachine.ask(file, ['--version']) ?? ''));
}

async function fetched({ environment, signal, detail }: ServerContext, folder: string) {
  const run = (command: string, args: string[]) => runCommand(command, args, { cwd: folder, env: environment, signal });
  detail('fetching the npm package @sparticuz/chromium');
  await run('npm', ['pack', '--silent', `@sparticuz/chromium@${version}`]);
  const archive = path.join(folder, `sparticuz-chromium-${version}.tgz`);
  const actual = `sha512-${createHash('sha512').update(fs.readFileSync(archive)).digest('base64')}`;
  if (actual !== integrity) throw new Error(`${archive} has the checksum ${actual}, not ${integrity}`);
  await run('tar', ['-xzf', archive]);
  detail('unpacking it');
  const unpack = (from: string, to: string, mode = 0o644) =>
    pipeline(
      fs.createReadStream(path.join(folder, 'package', 'bin', from)),
      createBrotliDecompress(),
      fs.createWriteStream(path.join(folder, to), { mode }),
    );
  await unpack('chromium.br', 'chrome-headless-shell', 0o755);
  for (const name of ['al2023.tar', 'fonts.tar']) {
    await unpack(`${name}.br`, name);
    await run('tar', ['-xf', name]);
    fs.rmSync(path.join(folder, name));
  }
  fs.rmSync(archive);
  fs.rmSync(path.join(folder, 'package'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'fonts.conf'), fonts);
  fs.writeFileSync(path.join(folder, 'chromium'), script, { mode: 0o755 });
  await run(path.join(folder, 'chromium'), ['--version']);
  return 'the npm registry';
}
