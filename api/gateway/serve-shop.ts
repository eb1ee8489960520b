import { fileURLToPath } from 'node:url';
import { Router, type RequestHandler, type Response } from 'express';
import expressStaticGzip from 'express-static-gzip';
import helmet from 'helmet';

/** Where `npm run build` puts the shop: below dist/, also for a gateway that runs from its source. */
const BUILT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/web/' : '../../web/', import.meta.url),
);

/**
 * The shop's pages at `/` and below `/shop`, for browsers alone: whoever does not ask for HTML before JSON gets the API's
 * answer, as everywhere. Where it was not built, everybody does.
 */
export function serveShop(folder = BUILT): Router {
  const page = compressed(folder, forEachVisit);
  const router = Router();
  const files = compressed(`${folder}/assets`, (res) => void res.set('Cache-Control', FOR_EVER));
  // One that is gone is no page, whoever asks.
  router.use('/shop/assets', files, (_req, _res, next) => next('router'));
  const sendPage: RequestHandler = (req, res, next) => {
    if (req.accepts(['json', 'html']) !== 'html') return next();
    const { url } = req;
    req.url = '/index.html';
    page(req, res, (error?: unknown) => {
      req.url = url;
      next(error);
    });
  };
  // One by one: the metrics of a request are by its path.
  for (const path of ['/', '/shop{/*path}']) router.get(path, onlyFromHere, sendPage);
  return router;
}

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
