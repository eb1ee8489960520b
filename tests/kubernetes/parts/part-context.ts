/** What is known to whatever fetches or builds a part of the cluster. */
export interface PartContext {
  /** Fetched and built parts, shared by clones. */
  cache: string;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Shows what is being done. */
  detail: (text: string) => void;
}
