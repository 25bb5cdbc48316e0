import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: `${root}/../../dist/console`,
    emptyOutDir: true,
    // Every asset stays a file of its own: a strict content security policy needs no exception for data: addresses.
    assetsInlineLimit: 0,
    // Ant Design with its table is one chunk of about this size, in kB; more means that something new came in.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every room needs, cached by browsers over releases of our own code.
            { name: 'react', test: /node_modules\/(react|react-dom|react-router|scheduler|@tanstack)\// },
            // With its setting in the same chunk, nothing can build a schema before it is set.
            { name: 'schema', test: /node_modules\/zod\/|console\/zod-without-eval/ },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: { '/api': 'http://localhost:8080' },
  },
});
