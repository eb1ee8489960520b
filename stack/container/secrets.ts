import { withSecrets } from '../app/secrets.js';

// `docker run --rm holdfast secrets > .env`, for whoever has Docker alone.
process.stdout.write(withSecrets());
