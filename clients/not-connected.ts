const CODES = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** There was no connection to the other side, so it heard nothing. An error of node:http, or of undici, on which fetch is built. */
export function isNotConnected(error: unknown): boolean {
  return error instanceof Error && CODES.includes((error as NodeJS.ErrnoException).code ?? '');
}
