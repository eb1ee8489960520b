import { endRamp, giveAll, statusesOfBuilds, viewDeployment, type Where } from './deployment-view.js';

/** Gives all new orders to a build: the one that has a part of them, or the newest, unless said. */
export async function promote(where: Where, build: string | undefined, say: (text: string) => void): Promise<void> {
  const { current, ramping, builds, conflictToken } = await viewDeployment(where);
  const buildId = build ?? ramping ?? builds[0];
  if (buildId === undefined) throw new Error(`no worker of ${where.deploymentName} was ever seen`);
  if (buildId === current) return say(`${buildId} takes all new orders already`);
  await giveAll(where, buildId, conflictToken);
  say(
    `${buildId} takes all new orders; those that began with ${current} end with it. To go back: back --build ${current}`,
  );
}

/** Ends a canary, where there is one; or gives all new orders to the build that is said. */
export async function goBack(where: Where, build: string | undefined, say: (text: string) => void): Promise<void> {
  if (build !== undefined) return promote(where, build, say);
  const { current, ramping, builds } = await viewDeployment(where);
  if (ramping !== undefined) await endRamp(where);
  const others = builds.filter((one) => one !== current).join(', ');
  say(`${current} takes all new orders. To give them to another, say --build and which: ${others || 'there is none'}`);
}

/** Each build and what becomes of it, a line each. */
export async function tellBuilds(where: Where, say: (text: string) => void): Promise<void> {
  for (const [build, status] of await statusesOfBuilds(where)) say(`${build} ${status}`);
}
