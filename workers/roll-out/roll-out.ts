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

/** Ends a canary; where there is none, all new orders go to the build that is said. */
export async function goBack(where: Where, build: string | undefined, say: (text: string) => void): Promise<void> {
  const { current, ramping, builds } = await viewDeployment(where);
  if (build !== undefined) return promote(where, build, say);
  if (ramping === undefined)
    throw new Error(
      `${current} takes all new orders; say which shall: ${builds.filter((one) => one !== current).join(', ')}`,
    );
  await endRamp(where);
  say(`${ramping} takes no new orders any more; ${current} takes all`);
}

/** Each build and what becomes of it, a line each. */
export async function tellBuilds(where: Where, say: (text: string) => void): Promise<void> {
  for (const [build, status] of await statusesOfBuilds(where)) say(`${build} ${status}`);
}
