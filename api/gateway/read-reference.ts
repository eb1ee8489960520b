import { Router } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-express';

/** GET /docs/: the API reference, made in the browser from /openapi.json. */
export function readReference(): Router {
  const page = swaggerUi.setup(undefined, {
    customSiteTitle: 'Holdfast API',
    swaggerUrl: '/openapi.json',
    // Otherwise it asks a service on the internet whether the document is valid.
    swaggerOptions: { validatorUrl: null, displayOperationId: true, docExpansion: 'list' },
  });
  return Router().use('/docs', onlyFromHere, swaggerUi.serve).get('/docs/', page);
}

/** The browser lets the page load and ask for nothing from elsewhere; it has styles of its own in the text. */
const onlyFromHere = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
});
