import ts from 'typescript';

/** The bundled workflows with one step of the Saga dropped, or two that follow each other swapped. */
export interface ChangedSaga {
  change: string;
  code: string;
}

interface Edit {
  change: string;
  start: number;
  end: number;
  text: string;
}

/** What a step that was dropped gives, so that what follows it still can go on. */
const NOTHING = '({ result: {}, entry: { key: "", service: "", outcome: "done", attempts: 1 } })';

const MODULES_WITH_STEPS = ['order-saga', 'undo-order'];

/** Every way to drop one step or to swap two that follow each other, taken from the code itself. */
export function changedSagas(bundle: string): ChangedSaga[] {
  const edits = [
    ...MODULES_WITH_STEPS.flatMap((name) => editsOf(bundle, name)),
    replaced(bundle, 'order-saga', 'completeOrder before waitForDelivery', {
      text: 'return waitForDelivery(saga)',
      by: 'await completeOrder(saga); return waitForDelivery(saga)',
    }),
    replaced(bundle, 'cancellation', 'compensations oldest first', { text: '.unshift(', by: '.push(' }),
  ];
  return edits.map((edit) => ({ change: edit.change, code: applied(bundle, edit) }));
}

/** The bundled workflows with `text`, which must stand in that module, replaced by another; `workflow.` is Temporal's package. */
export function withChange(bundle: string, name: string, { text, by }: { text: string; by: string }): string {
  const [from] = moduleIn(bundle, name);
  const imported = /_temporalio_workflow__WEBPACK_IMPORTED_MODULE_\d+__/.exec(bundle.slice(from))?.[0] ?? '';
  return applied(bundle, replaced(bundle, name, '', { text, by: by.replaceAll('workflow.', `${imported}.`) }));
}

function applied(bundle: string, { start, end, text }: Edit): string {
  return bundle.slice(0, start) + text + bundle.slice(end);
}

function editsOf(bundle: string, name: string): Edit[] {
  const [start, end] = moduleIn(bundle, name);
  const source = ts.createSourceFile(name, bundle.slice(start, end), ts.ScriptTarget.ES2023, true, ts.ScriptKind.JS);
  const edits: Edit[] = [];
  const add = (change: string, place: ts.Node | { start: number; end: number }, text: string) => {
    const from = 'kind' in place ? place.getStart() : place.start;
    edits.push({ change, start: start + from, end: start + place.end, text });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isAwaitExpression(node) || ts.isReturnStatement(node)) {
      const call = stepOf(node.expression);
      if (call && ts.isAwaitExpression(node)) add(`without ${wordsOf(call)}`, node, NOTHING);
      // The end of the story; a function that returns another's promise is no step, its callers have it.
      else if (call && ts.isArrowFunction(node.parent.parent)) add(`without ${wordsOf(call)}`, call, 'undefined');
    }
    if (ts.isBlock(node)) addSwaps(node.statements);
    ts.forEachChild(node, visit);
  };

  const addSwaps = (statements: readonly ts.Statement[]) => {
    const steps = statements.flatMap((statement) => {
      const call = stepIn(statement);
      return call ? [{ statement, call }] : [];
    });
    for (const [index, first] of steps.entries()) {
      const second = steps[index + 1];
      // What a step has given is needed by the one that writes it down.
      if (!second || ts.isVariableStatement(first.statement)) continue;
      const change = `${wordsOf(second.call)} before ${wordsOf(first.call)}`;
      const text = ts.isReturnStatement(second.statement)
        ? `const told = await ${second.call.getText()}; ${first.statement.getText()} return told;`
        : `${second.statement.getText()} ${first.statement.getText()}`;
      add(change, { start: first.statement.getStart(), end: second.statement.end }, text);
    }
  };
  visit(source);
  return edits;
}

/** The step that a statement is, when it is nothing else. */
function stepIn(statement: ts.Statement): ts.CallExpression | undefined {
  if (ts.isReturnStatement(statement)) return stepOf(statement.expression);
  const awaited = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations[0]?.initializer
    : ts.isExpressionStatement(statement) && statement.expression;
  return awaited && ts.isAwaitExpression(awaited) ? stepOf(awaited.expression) : undefined;
}

/** Conditions are no steps: they leave nothing in a history. Nor are the scopes that steps run in, nor what a compiler calls for `...`. */
function stepOf(expression: ts.Expression | undefined): ts.CallExpression | undefined {
  if (expression === undefined || !ts.isCallExpression(expression)) return undefined;
  return /\b(condition|during|nonCancellable|_object_spread\w*)\b/.test(expression.expression.getText())
    ? undefined
    : expression;
}

function replaced(bundle: string, name: string, change: string, { text, by }: { text: string; by: string }): Edit {
  const [from, to] = moduleIn(bundle, name);
  const start = bundle.indexOf(text, from);
  if (start < 0 || start > to) throw new Error(`${name} has no "${text}" any more`);
  return { change, start, end: start + text.length, text: by };
}

function moduleIn(bundle: string, name: string): [start: number, end: number] {
  // Bundled from sources, or from what was built of them.
  const head = bundle.search(new RegExp(`!\\*{3} \\./(dist/)?workflows/order/${name}\\.[jt]s \\*{3}!`));
  const start = bundle.indexOf('"use strict";', head);
  const end = bundle.indexOf('\n/***/ }', start);
  if (head < 0 || start < 0 || end < 0) throw new Error(`the bundle has no module ${name}`);
  return [start, end];
}

function wordsOf(call: ts.CallExpression): string {
  const [what] = call.arguments;
  const name = /\w+(?=\)?$)/.exec(call.expression.getText())?.[0] ?? '';
  return `${name}(${what?.getText().replace(/\s+/g, ' ').slice(0, 40) ?? ''})`;
}
