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
      : Object.keys(route.methods).map((method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`),
  );
}
