/** HTTP of persons. Numbers of persons stand in bodies, never in addresses, which end up in histories and in the logs of proxies. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { requestActor, seenBy } from '../people/identify.ts';
import { sees } from '../people/sight.ts';
import type { Database } from '../platform/database.ts';
import { AppError, parseRequest, readJson } from '../platform/http.ts';
import type { Vault } from '../vault/vault.ts';
import {
  type PersonDetail,
  personSearchSchema,
  type PersonsFound,
  type PersonSeen,
  type Revealed,
  revealSchema,
} from './persons-contract.ts';
import { openPerson, revealPerson, searchPersons, whoHasSeen } from './reveal-service.ts';

const bodyBytesMax = 4_096;
const claimName = z.object({ fixmedins_code: z.string(), setl_id: z.string() });

export function personRoutes({ database, vault }: { database: Database; vault: Vault }): Router {
  const router = express.Router();
  const body = readJson(bodyBytesMax);
  const deps = (request: Request, response: Response) => ({
    database,
    vault,
    actor: requestActor(request, response),
  });
  /** The settlement that is named, where it is in sight. */
  const claimOf = (request: Request, response: Response) => {
    const name = claimName.parse(request.params);
    if (!sees(seenBy(response), name.fixmedins_code)) throw noSuchClaim();
    return name;
  };

  router.post('/persons/search', allow('persons.read'), body, async (request, response) => {
    const { by, value } = parseRequest(personSearchSchema, request.body);
    const found: PersonsFound = {
      items: await searchPersons(deps(request, response), by, value, seenBy(response)),
    };
    response.json(found);
  });

  const ofClaim = '/claims/:fixmedins_code/:setl_id';

  router.get(`${ofClaim}/person`, allow('persons.read'), async (request, response) => {
    const name = claimOf(request, response);
    const person: PersonDetail | null = await openPerson(deps(request, response), name, seenBy(response));
    if (person === null) throw noSuchClaim();
    response.json(person);
  });

  router.get(`${ofClaim}/person/seen`, allow('audit.read'), async (request, response) => {
    const seen: PersonSeen | null = await whoHasSeen(database, claimOf(request, response));
    if (seen === null) throw noSuchClaim();
    response.json(seen);
  });

  router.post(`${ofClaim}/reveal`, allow('persons.reveal'), body, async (request, response) => {
    const name = claimOf(request, response);
    const { purpose } = parseRequest(revealSchema, request.body);
    const revealed: Revealed | null = await revealPerson(deps(request, response), name, purpose);
    if (revealed === null) throw noSuchClaim();
    response.json(revealed);
  });

  return router;
}

const noSuchClaim = (): AppError =>
  new AppError({
    status: 404,
    code: 'claim_not_found',
    message: { zh: '没有这张结算单', en: 'There is no such settlement' },
  });
