import path from 'node:path';

export function javaProgram(environment: NodeJS.ProcessEnv) {
  return environment.JAVA_HOME ? path.join(environment.JAVA_HOME, 'bin', 'java') : 'java';
}

/**
 * @param heap the greatest size of the heap in MB
 * @returns a small machine's settings: little memory, quick to start
 */
export function javaFlags(heap: number): string[] {
  return [`-Xmx${heap}m`, '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
}
