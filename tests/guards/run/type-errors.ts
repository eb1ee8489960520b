import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import type { Guard } from '../guard.js';
import { without } from '../take-out.js';

/**
 * Of each guard without which its own file no longer compiles, what the compiler says. Guards of different files are
 * looked at together, which saves a minute.
 */
export function typeErrors(guards: readonly Guard[], checkout: string): Map<Guard, string> {
  const found = new Map<Guard, string>();
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(checkout, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)).config,
    ts.sys,
    checkout,
  );
  const compilerOptions = { ...options, noEmit: true, incremental: false, tsBuildInfoFile: undefined };
  const places = (guard: Guard) => path.join(checkout, guard.code.file);
  let left = guards.filter(({ code }) => code.file.endsWith('.ts'));
  let before: ts.Program | undefined;
  const unchanged = new Map<string, ts.SourceFile>();
  while (left.length > 0) {
    const now = left.filter((guard, index) => left.findIndex((other) => places(other) === places(guard)) === index);
    const changed = new Map(now.map((guard) => [places(guard), without(guard, readFileSync(places(guard), 'utf8'))]));
    const host = ts.createCompilerHost(compilerOptions);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (file, version, onError, isNew) => {
      const text = changed.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, version);
      const source = unchanged.get(file) ?? read(file, version, onError, isNew);
      if (source) unchanged.set(file, source);
      return source;
    };
    const program: ts.Program = ts.createProgram([...changed.keys()], compilerOptions, host, before);
    for (const guard of now) {
      const source = program.getSourceFile(places(guard));
      const [first] = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      if (first) found.set(guard, ts.flattenDiagnosticMessageText(first.messageText, ' '));
    }
    before = program;
    left = left.filter((guard) => !now.includes(guard));
  }
  return found;
}
