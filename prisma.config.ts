import { defineConfig } from 'prisma/config';

/**
 * Read only by Prisma's own command line: `prisma generate` here, and `prisma migrate deploy` where an operator prefers it
 * and the engines can be downloaded. The product itself applies migrations through src/platform/migrate.ts.
 */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost:5432/fundwatch' },
});
