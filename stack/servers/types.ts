import type { ProcessSpec } from '../support/managed-process.js';

/** For what is fetched and built. */
export interface FetchContext {
  /** Fetched and built servers, shared by clones. */
  cache: string;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Shows what is being done. */
  detail: (text: string) => void;
}

export interface ServerContext extends FetchContext {
  /** What this set of servers keeps lies below it. */
  dir: string;
  /** By the name of their setting. */
  ports: Record<string, number>;
  /** Generated once for this set. */
  secrets: Record<string, string>;
  /** Whether data must survive a crash of the machine; tests do without. */
  durable: boolean;
}

/** Where it was taken from, and where it lies. */
export interface Obtained {
  from: string;
  folder?: string;
  program?: string;
}

export interface Server {
  name: string;
  /** What it gives to those who use it; when the first one stands in the environment, it is used and nothing is started. */
  settings: string[];
  /** The settings of the ports it binds. */
  ports: string[];
  /** Programs this machine must have to fetch or run it; maven and go only when it isn't cached. */
  needs?: ('java' | 'maven' | 'go')[];
  /** Whether all others are worth having without it. */
  optional?: boolean;
  /** What is in its data folder, in words. */
  keeps?: string;
  /** Whether there is nothing to fetch. */
  isHere?: (cache: string, environment: NodeJS.ProcessEnv) => boolean;
  obtain: (context: ServerContext) => Promise<Obtained> | Obtained;
  /** Makes its data folder and configuration; must be right when run again, and after a kill at any moment. Without it, it is a tool. */
  prepare?: (context: ServerContext, got: Obtained) => Promise<ProcessSpec> | ProcessSpec;
  /** The values of `settings`. */
  describe: (context: ServerContext, got: Obtained) => Record<string, string>;
  /** Asks the server at the addresses of `settings`, of which a given one may have only the first; a rejection says what is wrong. */
  answers?: (env: Record<string, string>) => Promise<boolean>;
}
