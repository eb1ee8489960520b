import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

interface Selector {
  text: string;
  metric: string;
  matchers: { label: string; op: string; value: string }[];
}

/** What a query asks for. Throws where it is none. */
export function selectorsOf(query: string): Selector[] {
  const selectors: Selector[] = [];
  parser.parse(query).iterate({
    enter: ({ name, type, node, from, to }) => {
      if (type.isError) throw new Error(`no PromQL at ${query.slice(from)}`);
      const text = query.slice(from, to);
      if (name === 'VectorSelector') {
        const metric = node.getChild('Identifier');
        selectors.push({ text, metric: metric === null ? '' : query.slice(metric.from, metric.to), matchers: [] });
      }
      const [, label, op, value] = (name === 'UnquotedLabelMatcher' && /^(\w+)(\W+?)"(.*)"$/.exec(text)) || [];
      if (label && op) selectors.at(-1)?.matchers.push({ label, op, value: value ?? '' });
    },
  });
  return selectors;
}

const CONDITIONS = ['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'Neq', 'And', 'Or', 'Unless'];

/** What is compared first, such as `a / b` of `a / b > 2 and c == 1`: it has an answer also while all is well. */
export function comparedIn(query: string): string {
  let node: Node | null = parser.parse(query).topNode.firstChild;
  while (node?.name === 'ParenExpr' || (node?.name === 'BinaryExpr' && CONDITIONS.some((one) => node?.getChild(one))))
    node = node.firstChild;
  return node === null ? query : query.slice(node.from, node.to);
}
