/**
 * The options of a command. What it doesn't know is refused with the usage and exit code 2; `--help` prints that and ends with 0.
 * @param parse throws when something is wrong, as `parseArgs` does
 */
export function readOptions<T>(usage: string, parse: () => T): T {
  if (process.argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parse();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
