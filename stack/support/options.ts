// @ts-check

/**
 * The options of a command. What it doesn't know is refused with the usage and exit code 2; `--help` prints that and ends with 0.
 * @template T
 * @param {string} usage
 * @param {() => T} parse throws when something is wrong, as `parseArgs` does
 * @returns {T}
 */
export function readOptions(usage, parse) {
  if (process.argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parse();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}
