import type { ProcessSpec } from '../support/managed-process.js';

/** For what is fetched and built. */
export interface FetchContext {
  /** fetched and built servers, shared by clones */
  cache: string;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** shows what is being done */
  detail: (text: string) => void;
}

export interface ServerContext extends FetchContext {
  /** what this set of servers keeps lies below it */
  dir: string;
  /** by the name of their setting */
  ports: Record<string, number>;
  /** generated once for this set */
  secrets: Record<string, string>;
  /** whether data must survive a crash of the machine; tests do without */
  durable: boolean;
}

/** where it was taken from, and where it lies */
export interface Obtained {
  from: string;
  folder?: string;
  program?: string;
}

export interface Server {
  name: string;
  /** what it gives to those who use it; when the first one stands in the environment, it is used and nothing is started */
  settings: string[];
  /** the settings of the ports it binds */
  ports: string[];
  /** programs this machine must have to fetch or run it; maven and go only when it isn't cached */
  needs?: ('java' | 'maven' | 'go')[];
  /** what is in its data folder, in words */
  keeps?: string;
  /** whether there is nothing to fetch */
  isHere?: (cache: string, environment: NodeJS.ProcessEnv) => boolean;
  obtain: (context: ServerContext) => Promise<Obtained> | Obtained;
  /** makes its data folder and configuration; must be right when run again, and after a kill at any moment. Without it, it is a tool */
  prepare?: (context: ServerContext, got: Obtained) => Promise<ProcessSpec> | ProcessSpec;
  /** the values of `settings` */
  describe: (context: ServerContext, got: Obtained) => Record<string, string>;
  /** asks the server at the addresses of `settings`, of which a given one may have only the first; a rejection says what is wrong */
  answers?: (env: Record<string, string>) => Promise<boolean>;
}
