import type { Express } from 'express';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** What an app registered, as `get /orders/{id}`, sorted. */
export function routesOf(app: Express): string[] {
  return routesIn((app.router as unknown as { stack: Layer[] }).stack).sort();
}

function routesIn(stack: Layer[]): string[] {
  return stack.flatMap(({ route, handle }) =>
    route === undefined
      ? routesIn(handle.stack ?? [])
      : // What stands for all methods of a path says which it has.
        Object.keys(route.methods)
          .filter((method) => method !== '_all')
          .map((method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`),
  );
}
