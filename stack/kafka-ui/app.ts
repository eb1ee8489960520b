import fs from 'node:fs';
import path from 'node:path';
import express from 'express';
import helmet from 'helmet';
import { isHostAllowed } from 'host-validation-middleware';
import { connectTo } from './cluster.js';
import { showByKey, showMessage, showTopic } from './message-pages.js';
import { showGroup, showHome } from './overview-pages.js';
import { answerErrors, PageError } from './page.js';

const style = fs.readFileSync(path.join(import.meta.dirname, 'style.css'), 'utf8');

/** Shows what is in Kafka, and changes nothing. Kafka may come and go: each page asks it anew. */
export function createKafkaUi({ brokers }: { brokers: string[] }) {
  const withKafka = connectTo(brokers);
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'style-src': ["'self'"],
          'form-action': ["'self'"],
          'base-uri': ["'none'"],
          'frame-ancestors': ["'none'"],
        },
      },
      strictTransportSecurity: false,
    }),
  );
  app.use((req, _res, next) => {
    // A page whose own name was made to lead here could read all of it (DNS rebinding).
    if (!isHostAllowed(req.headers.host, [])) throw new PageError(403, 'This page has another name: localhost');
    next();
  });
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  app.get('/style.css', (_req, res) => void res.type('css').send(style));
  app.get('/favicon.ico', (_req, res) => void res.status(204).end());
  app.use((_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });

  app.get('/', showHome(withKafka));
  app.get('/by-key', showByKey(withKafka));
  app.get('/topics/:topic', showTopic(withKafka));
  app.get('/topics/:topic/:partition/:offset', showMessage(withKafka));
  app.get('/groups/:group', showGroup(withKafka));

  app.use(() => {
    throw new PageError(404, 'There is no such page');
  });
  app.use(answerErrors(brokers));
  return app;
}
