import path from 'node:path';
import { runCommand } from '../../../stack/support/run-command.js';

/** The cluster, as somebody at its command line sees it. */
export class Kubectl {
  constructor(
    private readonly program: string,
    private readonly kubeconfig: string,
    private readonly namespace?: string,
  ) {}

  /** The same, of one namespace. */
  in(namespace: string): Kubectl {
    return new Kubectl(this.program, this.kubeconfig, namespace);
  }

  /** In which whoever calls `kubectl` speaks with this cluster. */
  get environment(): NodeJS.ProcessEnv {
    const PATH = `${path.dirname(this.program)}:${process.env.PATH ?? ''}`;
    // What it remembers is of this cluster alone.
    const KUBECACHEDIR = path.join(path.dirname(this.kubeconfig), 'kubectl');
    return { ...process.env, PATH, KUBECACHEDIR, KUBECONFIG: this.kubeconfig };
  }

  /** What it prints; rejects with that when it fails. */
  run(...args: string[]): Promise<string> {
    const where = this.namespace === undefined ? [] : ['--namespace', this.namespace];
    return runCommand(this.program, [...where, ...args], { env: this.environment });
  }

  /** What is asked for, as an object. */
  async get<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run('get', '--output=json', ...args)) as T;
  }
}
