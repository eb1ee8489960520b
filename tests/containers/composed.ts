import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { ourProcesses } from '../../stack/app/processes.js';
import { freePorts } from '../../stack/support/ports.js';
import { portSettings } from '../../stack/servers/all.js';
import { runCommand } from '../../stack/support/run-command.js';
import { WITHOUT_LIMITS } from '../support/app.js';
import { scriptFrom } from '../support/document-shell.js';
import { waitFor } from '../support/wait-for.js';

/** docker-compose.yml as it stands, as a project of its own on free ports. */
export interface Composed {
  gatewayUrl: string;
  /** On this machine, by the name of the process or server. */
  urls: Record<string, string>;
  /** By the commands of the README; then also what traces and metrics go to. */
  start(): Promise<void>;
  /** Again, with the secrets and the data that there are. */
  up(): Promise<void>;
  /**
   * Whatever runs, as when the machine restarts: jobs that have ended stay so. `docker compose restart` would run them
   * again beside PostgreSQL's own restart; they would fail, and Docker 20.10, which then starts them by their policy
   * while `up` does so too, now and then keeps an endpoint of a container that is gone, and with it the network.
   */
  restart(): Promise<void>;
  compose(...args: string[]): Promise<string>;
  docker(...args: string[]): Promise<string>;
  /** What `docker inspect` says of a service's container. */
  inspect(service: string): Promise<Container>;
  /** With its data. */
  remove(): Promise<void>;
}

export interface Container {
  State: { Status: string; ExitCode: number; OOMKilled: boolean };
  Config: { User: string };
  HostConfig: {
    ReadonlyRootfs: boolean;
    CapDrop: string[] | null;
    SecurityOpt: string[] | null;
    Memory: number;
    PidsLimit: number | null;
    PortBindings: Record<string, { HostIp: string }[] | null>;
  };
}

/** Without Grafana, which has no stand-in. */
const OBSERVABILITY = ['zipkin', 'prometheus'];

export async function prepareComposed(): Promise<Composed> {
  const { env, composeCommand } = inject('engine');
  const [program, ...first] = composeCommand;
  const dir = mkdtempSync(path.join(tmpdir(), 'holdfast-compose-'));
  const settings = [...portSettings().map(({ setting }) => setting), 'PROMETHEUS_PORT'];
  const free = await freePorts(settings.length);
  const ports = Object.fromEntries(settings.map((setting, index) => [setting, free[index] ?? 0]));
  const told = { ...ports, ...WITHOUT_LIMITS, CARRIER_DELAY_MS: '500' };
  const file = path.join(dir, '.env');
  writeFileSync(file, lines(told), { mode: 0o600 });

  const project = ['--project-name', path.basename(dir).toLowerCase(), '--env-file', file];
  const readme = async () => {
    const commands = (await scriptFrom('README.md', 'docker'))
      .replace('npm run secrets', `npm run --silent secrets -- ${file}`)
      .replace('docker compose', [...composeCommand, ...project].join(' '));
    await runCommand('bash', ['-euo', 'pipefail', '-c', commands], { env });
  };
  const docker = (...args: string[]) => runCommand('docker', args, { env });
  const compose = (...args: string[]) => runCommand(program, [...first, ...project, ...args], { env });
  const up = async (...services: string[]) => {
    await compose('up', '--wait', '--wait-timeout', '420', ...services);
  };
  const urlOf = (setting: string) => `http://127.0.0.1:${ports[setting]}`;
  return {
    gatewayUrl: urlOf('GATEWAY_PORT'),
    urls: {
      ...Object.fromEntries(ourProcesses.map(({ name, port }) => [name, urlOf(port)])),
      zipkin: urlOf('ZIPKIN_PORT'),
      inbox: urlOf('INBOX_PORT'),
      prometheus: urlOf('PROMETHEUS_PORT'),
      'temporal-ui': urlOf('TEMPORAL_UI_PORT'),
    },
    compose,
    docker,
    start: async () => {
      await readme();
      await up(...OBSERVABILITY);
    },
    up: () => up(),
    restart: async () => {
      const running = (await compose('ps', '--services', '--status', 'running')).trim().split('\n');
      await compose('restart', ...running);
      await waitFor(
        'everything that ran to be well again',
        async () => {
          const lines = (await compose('ps', '--format', 'json', ...running)).trim().split('\n');
          const containers = lines.map((line) => JSON.parse(line) as { State: string; Health: string });
          return containers.every(({ State, Health }) => State === 'running' && ['', 'healthy'].includes(Health));
        },
        { timeoutMs: 240_000, intervalMs: 1000 },
      );
    },
    inspect: async (service) => {
      const id = (await compose('ps', '--all', '--quiet', service)).trim();
      return (JSON.parse(await docker('inspect', id)) as [Container])[0];
    },
    remove: async () => {
      await compose('--profile', '*', 'down', '--volumes', '--timeout', '20');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function lines(settings: Record<string, string | number>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
