import { parse } from 'yaml';
import { z } from 'zod';

const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});

const job = z.looseObject({
  uses: z.string().optional(),
  permissions: z.unknown().optional(),
  'timeout-minutes': z.unknown().optional(),
  'runs-on': z.unknown().optional(),
  strategy: z
    .looseObject({ matrix: z.looseObject({ include: z.array(z.record(z.string(), z.string())).optional() }) })
    .optional(),
  steps: z.array(step).default([]),
});

const workflow = z.looseObject({
  on: z.unknown(),
  permissions: z.unknown().optional(),
  concurrency: z.looseObject({ group: z.string() }).optional(),
  jobs: z.record(z.string(), job),
});

const action = z.looseObject({ runs: z.looseObject({ steps: z.array(step) }) });

type Step = z.infer<typeof step>;

/** The programs that a step may call beside npm. What they do is said by their arguments alone. */
const PROGRAMS = ['cosign', 'gh', 'kubectl'];

/** What a workflow does beyond what actionlint knows to be wrong; a text for each rule that it breaks. */
export function workflowFindings(text: string, scripts: readonly string[]): string[] {
  const { on, permissions, concurrency, jobs } = workflow.parse(parse(text));
  const findings = [...usesFindings(text)];
  if (JSON.stringify(permissions) !== '{}') findings.push('the top must give no permissions: each job says its own');
  if (!concurrency) findings.push('no concurrency group');
  if (JSON.stringify(on).includes('pull_request_target')) findings.push("runs a stranger's code with our secrets");
  for (const [name, one] of Object.entries(jobs)) {
    const say = (what: string) => findings.push(`job ${name}: ${what}`);
    if (typeof one.permissions !== 'object') say('must list its permissions');
    // A called workflow has the time-outs of its own jobs.
    if (!one.uses && typeof one['timeout-minutes'] !== 'number') say('has no timeout-minutes');
    if (/-latest/.test(JSON.stringify([one['runs-on'], one.strategy]) || '')) say('its machine changes by itself');
    for (const each of one.steps) stepFindings(each, scripts).forEach(say);
  }
  return findings;
}

export function actionFindings(text: string, scripts: readonly string[]): string[] {
  const { runs } = action.parse(parse(text));
  return [...usesFindings(text), ...runs.steps.flatMap((each) => stepFindings(each, scripts))];
}

/** What is said in `matrix.include` of a job. */
export function matrixOf(text: string, name: string): Record<string, string>[] {
  return workflow.parse(parse(text)).jobs[name]?.strategy?.matrix.include ?? [];
}

/** The versions of actions, by their names. */
export function actionsIn(text: string): [name: string, version: string][] {
  return usesIn(text).map((used) => {
    const [name = '', version = ''] = used.split(/@(.*)/s);
    return [name, version];
  });
}

const usesIn = (text: string) => [...text.matchAll(/^\s*(?:- )?uses: +(.*?) *$/gm)].map(([, used = '']) => used);

function usesFindings(text: string): string[] {
  return usesIn(text)
    .filter((used) => !/^\.\/\S+$/.test(used) && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))
    .map((used) => `${used}: must be a commit, with its version in a comment`);
}

function stepFindings({ uses, run, with: inputs }: Step, scripts: readonly string[]): string[] {
  const findings: string[] = [];
  if (uses?.startsWith('actions/checkout@') && inputs?.['persist-credentials'] !== false)
    findings.push('actions/checkout leaves its token to what runs after it');
  if (run === undefined) return findings;
  if (run.includes('${{')) findings.push(`${run}: an expression in a command may be anyone's code; pass it by env`);
  if (/[\n;|]|&&|\$\(|`/.test(run.trim())) findings.push(`${run}: more than one command`);
  const [program = '', verb = '', ...rest] = run.replace(/^sudo env ("\w+=\$\w+" )+/, '').split(/\s+/);
  if (program === 'npm') {
    const script = verb === 'run' ? rest.find((word) => !word.startsWith('--')) : verb;
    if (verb !== 'ci' && !scripts.includes(script ?? '')) findings.push(`${run}: no script of package.json`);
  } else if (!PROGRAMS.includes(program)) findings.push(`${run}: neither an npm script nor ${PROGRAMS.join(', ')}`);
  return findings;
}
