import fs from 'node:fs';
import path from 'node:path';
import { answersOk } from '../support/probes.js';
import { javaFlags, javaProgram, fromMaven, hasJars } from './registries.js';
import type { Server } from './types.js';

export const zipkin: Server = {
  name: 'zipkin',
  settings: ['ZIPKIN_URL'],
  ports: ['ZIPKIN_PORT'],
  needs: ['java', 'maven'],
  isHere: (cache) => hasJars(cache, { name: 'zipkin' }),
  obtain: (context) => fromMaven(context, { name: 'zipkin' }),
  prepare({ dir, ports, environment }, { folder = '' }) {
    const libs = path.join(folder, 'libs');
    const jar = fs.readdirSync(libs).find((file) => file.endsWith('-exec.jar'));
    if (!jar) throw new Error(`no Zipkin in ${libs}`);
    // Every address is its default, so the whole list of ports is said here.
    const bound = [
      `--armeria.ports[0].port=${ports.ZIPKIN_PORT}`,
      '--armeria.ports[0].address=127.0.0.1',
      '--armeria.ports[0].protocols[0]=http',
    ];
    return {
      name: 'zipkin',
      command: javaProgram(environment),
      args: [...javaFlags(256), '-jar', path.join(libs, jar), ...bound],
      cwd: dir,
      // As many spans as fit into that heap; the oldest go first.
      env: { ...environment, MEM_MAX_SPANS: '60000', LOGGING_LEVEL_ROOT: 'WARN' },
      background: true,
      within: 90_000,
      ready: () => answersOk(`http://127.0.0.1:${ports.ZIPKIN_PORT}/health`),
    };
  },
  describe: ({ ports }) => ({ ZIPKIN_URL: `http://127.0.0.1:${ports.ZIPKIN_PORT}` }),
  answers: ({ ZIPKIN_URL }) => answersOk(`${ZIPKIN_URL}/health`),
};
