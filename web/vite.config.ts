import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';

/** Where `npm run dev web` finds the API. */
const gateway = `http://127.0.0.1:${process.env['GATEWAY_PORT'] ?? '8080'}`;

/** Everything but the pages themselves is the gateway's. */
const API =
  '^/(sessions|users|products|categories|inventory|orders|payments|deliveries|notifications|dashboard|reconciliation|problems|openapi\\.json|docs)';

export default defineConfig({
  root: import.meta.dirname,
  base: '/shop/',
  plugins: [react(), compression({ algorithms: [defineAlgorithm('brotliCompress'), defineAlgorithm('gzip')] })],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // As text in a page it would be refused: the policy of content takes files alone.
    assetsInlineLimit: 0,
  },
  server: { host: '127.0.0.1', proxy: { [API]: gateway } },
});
