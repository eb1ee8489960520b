import fs from 'node:fs';
import path from 'node:path';
import { fromMaven, hasJars } from './maven.js';
import type { Server } from './types.js';

const script = `#!/bin/sh
# Temporal's time-skipping test server; takes its port as the first argument.
here=$(cd "$(dirname "$0")" && pwd)
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$here/libs/*" io.temporal.testserver.TestServer "$@"
`;

const jars = {
  name: 'test-server',
  pin: script,
  finish: (folder: string) => fs.writeFileSync(path.join(folder, 'test-server'), script, { mode: 0o755 }),
};

/** Temporal's time-skipping test server as an executable, for the tests of workflows. */
export const testServer: Server = {
  name: 'test-server',
  settings: ['TEMPORAL_TEST_SERVER'],
  ports: [],
  needs: ['java', 'maven'],
  isHere: (cache) => hasJars(cache, jars),
  async obtain(context) {
    const got = await fromMaven(context, jars);
    return { ...got, program: path.join(got.folder, 'test-server') };
  },
  describe: (_, { program = '' }) => ({ TEMPORAL_TEST_SERVER: program }),
};
