/** What is said of it in a line: whatever is thrown may be no Error. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
