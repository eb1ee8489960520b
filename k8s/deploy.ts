import { appendFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { deploy, rollOut } from './deploy/deploy.js';
import { errorMessage } from '../platform/error-message.js';

// `npm run deploy`: what the deploy workflow does, in the cluster that kubectl knows.
const usage = `npm run deploy -- up IMAGE [OVERLAY] [--build BUILD]
npm run deploy -- canary|promote|back [options of npm run roll-out]
npm run deploy -- resolve IMAGE:TAG

  up    brings an image into the cluster by an overlay (k8s/overlays/production); where its Saga is another, the build that
        runs there stays beside the new one, and has all new orders until it is told otherwise
  canary, promote, back
        npm run roll-out, in a pod of the order worker
  resolve
        says which image a tag is now, by its digest; in a workflow also as its output, image
Older builds that have no order left go with npm run k8s:builds -- drop.
Takes kubectl and, for up and resolve, docker, which asks the image for its build unless --build says it.`;

const NAMESPACE = 'holdfast';

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function run(program: string, args: readonly string[], input?: string): Promise<string> {
  const running = promisify(execFile)(program, args, { maxBuffer: 2 ** 26 });
  running.child.stdin?.end(input);
  running.child.stderr?.pipe(process.stderr);
  return (await running).stdout;
}

const kubectl = (args: readonly string[], input?: string) => run('kubectl', args, input);

const buildOf = async (image: string) =>
  (await run('docker', ['run', '--rm', '--entrypoint=cat', image, 'dist/workflow-build-id'])).trim();

async function up(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { build: { type: 'string' } } });
  const [image, overlay = 'k8s/overlays/production'] = positionals;
  if (image === undefined) throw new Error(usage);
  await deploy({ kubectl, say }, { overlay, image, build: values.build ?? (await buildOf(image)) });
}

/** A tag can be moved between the look at its signature and the roll-out. */
async function resolve(image: string): Promise<void> {
  const digest = await run('docker', ['buildx', 'imagetools', 'inspect', image, '--format', '{{ .Manifest.Digest }}']);
  const resolved = `${image.replace(/:[^:/]*$/, '')}@${digest.trim()}`;
  if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `image=${resolved}\n`);
  say(resolved);
}

const [command = '', ...rest] = process.argv.slice(2);

try {
  if (command === 'up') await up(rest);
  else if (command === 'resolve' && rest[0]) await resolve(rest[0]);
  else if (['canary', 'promote', 'back'].includes(command))
    await rollOut({ kubectl, say }, NAMESPACE, [command, ...rest]);
  else {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
  }
} catch (error) {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
}
