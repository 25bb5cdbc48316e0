/** HTTP of the names of 行政区划: the same for everybody, signed in or not. */
import express, { type Router } from 'express';
import { allow } from './allow.ts';
import type { AreaNames } from './area-contract.ts';

/** Names change once a year, local ones with a restart. */
const freshS = 3_600;

/** Mounted at `/api/v1/public`. */
export function areaRoutes(names: AreaNames): Router {
  const router = express.Router();
  router.get('/areas', allow('public'), (_request, response) => {
    response.set('cache-control', `public, max-age=${freshS}`).json({ names });
  });
  return router;
}
