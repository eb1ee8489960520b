import { fileURLToPath } from 'node:url';
import { Router, type RequestHandler, type Response } from 'express';
import expressStaticGzip from 'express-static-gzip';
import helmet from 'helmet';
import { badRequest, notFound } from '../http/problem.js';

/** Where `npm run build` puts the shop: below dist/, also for a gateway that runs from its source. */
const BUILT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/web/' : '../../web/', import.meta.url),
);

interface WebPages {
  /** What the pages load: the same for everybody, so not worth counting. */
  files: Router;
  pages: Router;
}

/**
 * The shop's pages at `/` and below `/shop`, the operators' below `/desk`, for browsers alone: whoever does not ask for HTML
 * before JSON gets the API's answer, as everywhere. Where they were not built, everybody does.
 */
export function serveShop(folder = BUILT): WebPages {
  const files = Router();
  const assets = compressed(`${folder}/assets`, (res) => void res.set('Cache-Control', FOR_EVER));
  // One that is gone is no page, whoever asks.
  files.use('/shop/assets', readablePath, assets, () => {
    throw notFound();
  });

  const pages = Router();
  const page = compressed(folder, forEachVisit);
  const sendPage: RequestHandler = (req, res, next) => {
    if (req.accepts(['json', 'html']) !== 'html') return next('route');
    const { url } = req;
    req.url = '/index.html';
    onlyFromHere(req, res, () =>
      page(req, res, (error?: unknown) => {
        req.url = url;
        next(error);
      }),
    );
  };
  // One by one: the metrics of a request are by its path.
  for (const path of ['/', '/shop{/*path}', '/desk{/*path}']) pages.get(path, sendPage);
  return { files, pages };
}

const readablePath: RequestHandler = (req, _res, next) => {
  try {
    decodeURIComponent(req.path);
  } catch {
    throw badRequest('The path is not encoded as UTF-8.');
  }
  next();
};

/** A file's name changes with what is in it. */
const FOR_EVER = 'public, max-age=31536000, immutable';

const forEachVisit = (res: Response) => {
  res.set('Cache-Control', 'no-cache');
  res.vary('Accept');
};

function compressed(folder: string, setHeaders: (res: Response) => void): RequestHandler {
  return expressStaticGzip(folder, {
    enableBrotli: true,
    index: false,
    orderPreference: ['br'],
    serveStatic: { cacheControl: false, setHeaders: (res) => setHeaders(res as Response) },
  });
}

/** The browser runs, shows and asks for nothing but our own files and our own API, and makes no code of text. */
const onlyFromHere = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
  },
});
