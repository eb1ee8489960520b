import fs from 'node:fs';
import { runCommand } from '../../stack/support/run-command.js';

/** Whether this is root on Debian or what is made from it. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && fs.existsSync('/etc/debian_version');
}

export async function hasProgram(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return runCommand(program, ['--version'], { env }).then(
    () => true,
    () => false,
  );
}

interface InstallOptions {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  detail: (text: string) => void;
}

export async function installPackages(names: string[], { env, signal, detail }: InstallOptions): Promise<void> {
  detail(`installing ${names.join(' ')}`);
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, signal, onLine: detail };
  // Another installation that is under way is waited for.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  await runCommand('apt-get', [...wait, 'update'], options);
  await runCommand('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...names], options);
}
