/** A promise of docs/guarantees.md, the code that keeps it, and the test that goes red without that code. */
export interface Guard {
  /** What a customer, an operator or another system can rely on: one sentence. */
  promise: string;
  /** Putting `instead` in the place of `text`, which stands in `file` once, takes the guard out. It must still compile. */
  code: { file: string; text: string; instead: string };
  /**
   * The test, by its file and a part of its full name that no other test there has: of a table of tests a part that stands
   * in the code, for all rows, or the whole name of one row as it runs. `writtenIn`: where that is not the file which is run.
   */
  test: { file: string; writtenIn?: string; name: string };
}
