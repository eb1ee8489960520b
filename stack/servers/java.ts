// @ts-check
import path from 'node:path';

/** @param {NodeJS.ProcessEnv} environment */
export function javaProgram(environment) {
  return environment.JAVA_HOME ? path.join(environment.JAVA_HOME, 'bin', 'java') : 'java';
}

/** @param {number} heap the greatest size of the heap in MB @returns {string[]} a small machine's settings: little memory, quick to start */
export function javaFlags(heap) {
  return [`-Xmx${heap}m`, '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
}
