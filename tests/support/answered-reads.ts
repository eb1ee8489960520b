/** How many GETs of a route, as `/orders/:id`, an instance has answered since it was started: whether it has turns. */
export async function answeredReads(url: string | undefined, route: string): Promise<number> {
  const text = await (await fetch(`${url ?? ''}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('http_request_duration_seconds_count'))
    .filter((line) => line.includes(`method="GET",route="${route}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
