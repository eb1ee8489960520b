import ts from 'typescript';

/** The full names of a file's tests as they are written, with what `.each` puts in still as `%s`, `$name` or `${name}`. */
export function testNamesIn(source: string): string[] {
  const names: string[] = [];
  const look = (node: ts.Node, above: readonly string[]): void => {
    const called = ts.isCallExpression(node) ? kindOf(node.expression) : undefined;
    const title = ts.isCallExpression(node) && node.arguments[0] ? textOf(node.arguments[0]) : undefined;
    if (called === undefined || title === undefined) return ts.forEachChild(node, (child) => look(child, above));
    if (called === 'test') names.push([...above, title].join(' '));
    else ts.forEachChild(node, (child) => look(child, [...above, title]));
  };
  look(ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest), []);
  return names;
}

/** Whether a guard's name of its test is a part of this one, as it is written or as it runs. */
export function isPartOf(wanted: string, written: string): boolean {
  if (written.includes(wanted)) return true;
  const pieces = written.split(/%[sdifjoO#]|\$\{[^}]*\}|\$[\w.]+/);
  const literal = (piece: string) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return pieces.length > 1 && new RegExp(`^${pieces.map(literal).join('.*')}$`).test(wanted);
}

/** Of `it`, `test.each(...)`, `describe.sequential` and their like. */
function kindOf(callee: ts.Expression): 'test' | 'describe' | undefined {
  if (ts.isIdentifier(callee)) {
    if (callee.text === 'it' || callee.text === 'test') return 'test';
    return callee.text === 'describe' ? 'describe' : undefined;
  }
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) return kindOf(callee.expression);
  return ts.isTaggedTemplateExpression(callee) ? kindOf(callee.tag) : undefined;
}

function textOf(title: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(title)) return title.text;
  if (!ts.isTemplateExpression(title)) return undefined;
  return title.head.text + title.templateSpans.map(({ literal }) => `\${}${literal.text}`).join('');
}
