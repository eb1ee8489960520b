import type { Engine } from './engine.js';
import { proxyArguments } from './machine.js';

interface BuildOptions {
  image: string;
  /** The folder that is sent to the engine. */
  context: string;
  target?: string;
  label?: string;
  signal?: AbortSignal;
  detail: (text: string) => void;
}

/** `docker build`, with what this machine takes to reach the registries. */
export async function build(engine: Engine, { image, context, target, label, signal, detail }: BuildOptions) {
  const args = [
    ...['build', '--tag', image],
    ...(label ? ['--label', label] : []),
    ...(target ? ['--target', target] : []),
    // Our own engine has no network but those that Compose makes.
    ...(engine.isOwn ? ['--network', 'host'] : []),
    ...proxyArguments(engine.env),
    context,
  ];
  await engine.docker(args, { signal, onLine: detail });
}

/** @returns its size in bytes */
export async function sizeOf(engine: Engine, image: string): Promise<number> {
  return Number(await engine.docker(['image', 'inspect', '--format', '{{.Size}}', image]));
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
