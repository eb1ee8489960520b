import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a log as they come, also when it is set aside and begun anew, as each start of the stack does.
 * @param file need not be there yet
 * @returns read: the whole lines that have come since
 */
export function openLog(file: string): { read(): string[]; close(): void } {
  let open: number | undefined;
  let inode = 0;
  let position = 0;
  let decoder = new StringDecoder('utf8');
  let half = '';
  const buffer = Buffer.alloc(64 * 1024);

  function begin({ ino }: fs.Stats) {
    open = fs.openSync(file, 'r');
    inode = ino;
    position = 0;
    decoder = new StringDecoder('utf8');
    half = '';
  }

  function rest(descriptor: number) {
    // Emptied in place.
    if (fs.fstatSync(descriptor).size < position) position = 0;
    const parts = [half];
    for (;;) {
      const count = fs.readSync(descriptor, buffer, 0, buffer.length, position);
      if (count === 0) break;
      position += count;
      parts.push(decoder.write(buffer.subarray(0, count)));
    }
    const lines = parts.join('').split('\n');
    half = lines.pop() ?? '';
    return lines;
  }

  function close() {
    if (open !== undefined) fs.closeSync(open);
    open = undefined;
  }

  return {
    read() {
      // Looked at before the rest is read: what is written to the former file after that is nothing.
      const there = fs.statSync(file, { throwIfNoEntry: false });
      const lines = open === undefined ? [] : rest(open);
      if (there && (open === undefined || there.ino !== inode)) {
        if (half !== '') lines.push(half);
        close();
        begin(there);
        if (open !== undefined) lines.push(...rest(open));
      }
      return lines;
    },
    close,
  };
}
