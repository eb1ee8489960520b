import { withSecrets } from '../app/env-file.js';

// `docker run --rm holdfast secrets > .env`, for whoever has Docker alone.
process.stdout.write(withSecrets());
