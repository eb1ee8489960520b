import fs from 'node:fs';
import path from 'node:path';
import { thisMachine } from '../prerequisites.js';
import { isCached } from '../support/cache.js';
import { checkout } from '../support/paths.js';
import { answersOk } from '../support/probes.js';
import { runCommand } from '../support/run-command.js';
import { cached, officialDownload } from './registries.js';
import type { FetchContext, Server } from './types.js';
import { errorMessage } from '../../platform/error-message.js';

const version = '3.5.0';
/** What is taken of an archive: the server, and what tries rules. */
const programs = ['prometheus', 'promtool'] as const;
const pins = [version, ...programs];

/** Below the folder of a stack: which processes are asked for their metrics, as whoever starts them writes it. */
export const METRICS_TARGETS = path.join('data', 'prometheus-targets.json');

/** This machine's own, the official download, or Debian's package unpacked, for which nobody has to be root. */
export async function obtainPrometheus(context: FetchContext) {
  if (isInstalled()) return { from: 'this machine', prometheus: 'prometheus', promtool: 'promtool' };
  const { from, folder } = await cached(context, { name: 'prometheus', pins }, (to) => fetched(context, to));
  return { from, prometheus: path.join(folder, 'prometheus'), promtool: path.join(folder, 'promtool') };
}

/** Asks every process for its metrics. */
export const prometheus: Server = {
  name: 'prometheus',
  optional: true,
  keeps: 'metrics',
  settings: ['PROMETHEUS_URL'],
  ports: ['PROMETHEUS_PORT'],
  isHere: (cache) => isInstalled() || isCached({ cache, name: 'prometheus', pins }),
  async obtain(context) {
    const { from, prometheus } = await obtainPrometheus(context);
    return { from, program: prometheus };
  },
  prepare({ dir, ports, environment }, { program = '' }) {
    const data = path.join(dir, 'data', 'prometheus');
    fs.mkdirSync(data, { recursive: true });
    const config = path.join(data, 'prometheus.yml');
    // Written as JSON, which is YAML too.
    const scrape = { job_name: 'holdfast', file_sd_configs: [{ files: [path.join(dir, METRICS_TARGETS)] }] };
    const settings = {
      global: { scrape_interval: '5s', evaluation_interval: '15s' },
      rule_files: [path.join(checkout, 'monitoring', 'rules.yml')],
      scrape_configs: [scrape],
    };
    fs.writeFileSync(config, JSON.stringify(settings));
    const args = [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${path.join(data, 'series')}`],
      ...['--storage.tsdb.retention.time=7d', `--web.listen-address=127.0.0.1:${ports.PROMETHEUS_PORT}`],
      '--log.level=warn',
    ];
    return {
      name: 'prometheus',
      command: program,
      args,
      cwd: dir,
      env: environment,
      background: true,
      within: 60_000,
      ready: () => answersOk(`http://127.0.0.1:${ports.PROMETHEUS_PORT}/-/ready`),
    };
  },
  describe: ({ ports }) => ({ PROMETHEUS_URL: `http://127.0.0.1:${ports.PROMETHEUS_PORT}` }),
  answers: ({ PROMETHEUS_URL }) => answersOk(`${PROMETHEUS_URL}/-/ready`),
};

/** Prometheus reads it anew whenever it changes. */
export function writeMetricsTargets(dir: string, metricsUrls: Record<string, string>): void {
  const targets = Object.entries(metricsUrls).map(([process, url]) => ({
    targets: [new URL(url).host],
    labels: { process },
  }));
  fs.mkdirSync(path.join(dir, 'data'), { recursive: true });
  fs.writeFileSync(path.join(dir, `${METRICS_TARGETS}.new`), JSON.stringify(targets));
  fs.renameSync(path.join(dir, `${METRICS_TARGETS}.new`), path.join(dir, METRICS_TARGETS));
}

const isInstalled = () =>
  programs.every((program) => thisMachine.ask(program, ['--version'])?.startsWith(`${program}, version`));

async function fetched(context: FetchContext, folder: string): Promise<string> {
  const { environment, signal, detail } = context;
  const name = `prometheus-${version}.${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  return officialDownload(context, {
    release: `https://github.com/prometheus/prometheus/releases/download/v${version}`,
    checksums: 'sha256sums.txt',
    archive: `${name}.tar.gz`,
    members: programs.map((program) => `${name}/${program}`),
    folder,
  }).then(
    () => {
      take(path.join(folder, name), folder);
      fs.rmdirSync(path.join(folder, name));
      return 'the official download';
    },
    async (error: unknown) => {
      signal.throwIfAborted();
      detail(`no official download (${errorMessage(error)}), asking for Debian's`);
      const run = (command: string, args: string[]) =>
        runCommand(command, args, { cwd: folder, env: environment, signal });
      await run('apt-get', ['download', 'prometheus']).catch((cause: unknown) => {
        throw new Error('Prometheus can not be fetched: name one of yours as PROMETHEUS_URL', { cause });
      });
      const archive = fs.readdirSync(folder).find((file) => file.endsWith('.deb')) ?? '';
      await run('dpkg-deb', ['-x', archive, 'unpacked']);
      take(path.join(folder, 'unpacked', 'usr', 'bin'), folder);
      fs.rmSync(path.join(folder, 'unpacked'), { recursive: true });
      fs.rmSync(path.join(folder, archive));
      return "Debian's package";
    },
  );
}

function take(from: string, folder: string): void {
  for (const program of programs) fs.renameSync(path.join(from, program), path.join(folder, program));
}
