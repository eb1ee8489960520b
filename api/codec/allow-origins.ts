import type { RequestHandler } from 'express';
import { forbidden } from '../http/problem.js';

/** CORS for these origins alone: a page from elsewhere must not read orders through its visitor's browser. */
export function allowOrigins(origins: string[]): RequestHandler {
  const allowed = new Set(origins.map((url) => new URL(url).origin));
  return (req, res, next) => {
    const { origin } = req.headers;
    res.vary('Origin');
    if (origin === undefined) return next();
    if (!allowed.has(origin)) throw forbidden('This origin is not allowed to use the codec server.');
    res.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Namespace',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Max-Age': '600',
    });
    if (req.method === 'OPTIONS') res.status(204).end();
    else next();
  };
}
