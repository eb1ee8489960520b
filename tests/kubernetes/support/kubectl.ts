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

  /** What it prints; rejects with that when it fails. */
  run(...args: string[]): Promise<string> {
    const where = this.namespace === undefined ? [] : ['--namespace', this.namespace];
    // What it remembers is of this cluster alone.
    const own = { KUBECONFIG: this.kubeconfig, KUBECACHEDIR: path.join(path.dirname(this.kubeconfig), 'kubectl') };
    return runCommand(this.program, [...where, ...args], { env: { ...process.env, ...own } });
  }

  /** What is asked for, as an object. */
  async get<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run('get', '--output=json', ...args)) as T;
  }
}
