// Plain JavaScript: Temporal loads this file by its path, with `require` in a process and with webpack in a bundle.
import { DefaultFailureConverter } from '@temporalio/common';

/** Puts messages and stacks of failures where the payload codec encrypts them. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
