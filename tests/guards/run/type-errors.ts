import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { without } from '../take-out.js';
import type { Chosen } from './choose.js';

/**
 * Of each guard without which its own file no longer compiles, what the compiler says. Guards of different files are
 * looked at together, which saves a minute.
 */
export function typeErrors(chosen: readonly Chosen[], checkout: string): Map<Chosen, string> {
  const found = new Map<Chosen, string>();
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(checkout, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)).config,
    ts.sys,
    checkout,
  );
  const compilerOptions = { ...options, noEmit: true, incremental: false, tsBuildInfoFile: undefined };
  const places = ({ guard }: Chosen) => path.join(checkout, guard.code.file);
  let left = chosen.filter(({ guard }) => guard.code.file.endsWith('.ts'));
  let before: ts.Program | undefined;
  const unchanged = new Map<string, ts.SourceFile>();
  while (left.length > 0) {
    const now = left.filter((one, index) => left.findIndex((other) => places(other) === places(one)) === index);
    const changed = new Map(now.map((one) => [places(one), without(one.guard, readFileSync(places(one), 'utf8'))]));
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
    for (const one of now) {
      const source = program.getSourceFile(places(one));
      const [first] = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      if (first) {
        const said = ts.flattenDiagnosticMessageText(first.messageText, ' ');
        found.set(one, `${one.guard.code.file} does not compile without it: ${said}`);
      }
    }
    before = program;
    left = left.filter((one) => !now.includes(one));
  }
  return found;
}
