/** Looking at persons, on record: before anything is shown, that it is shown is in the audit chain. */
import type { Actor } from '../audit/actor.ts';
import { searchEvents } from '../audit/search-store.ts';
import { recordEvents } from '../audit/store.ts';
import type { Sight } from '../people/sight.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Vault } from '../vault/vault.ts';
import { personsOf } from './identity-store.ts';
import { findPerson, personalOfClaim, personRows, psnNoOf } from './person-store.ts';
import type { Personal } from './personal.ts';
import {
  type identityKinds,
  type PersonDetail,
  type PersonRow,
  type PersonSeen,
  seenMax,
  type StatedPurpose,
} from './persons-contract.ts';
import { findQuarantined } from './quarantine-store.ts';

interface Deps {
  readonly database: Database;
  readonly vault: Vault;
  readonly actor: Actor;
}

export interface ClaimName {
  readonly fixmedins_code: string;
  readonly setl_id: string;
}

export const purposeText = (purpose: StatedPurpose): string =>
  'reason' in purpose ? purpose.reason : `case ${purpose.case_number}`;

export async function searchPersons(
  { database, vault, actor }: Deps,
  by: (typeof identityKinds)[number],
  value: string,
  sight: Sight,
): Promise<PersonRow[]> {
  const keys = await vault.keys();
  const psnNos = by === 'psn_no' ? [value] : await personsOf(database, keys, by, value);
  const items = await personRows(database, keys, psnNos, sight);
  await transaction(database, (client) =>
    recordEvents(client, actor, [{ kind: 'person.searched', key: by, detail: { found: items.length } }]),
  );
  return items;
}

/** `null`: there is no such settlement, or nothing of its person is in sight. */
export async function openPerson(
  { database, vault, actor }: Deps,
  { fixmedins_code, setl_id }: ClaimName,
  sight: Sight,
): Promise<PersonDetail | null> {
  const psnNo = await psnNoOf(database, fixmedins_code, setl_id);
  const person = psnNo === null ? null : await findPerson(database, await vault.keys(), psnNo, sight);
  if (person !== null)
    await transaction(database, (client) =>
      recordEvents(client, actor, [
        { kind: 'person.opened', key: person.psn_no, detail: { fixmedins_code, setl_id } },
      ]),
    );
  return person;
}

/** `null`: there is no such settlement. */
export async function revealPerson(
  { database, vault, actor }: Deps,
  { fixmedins_code, setl_id }: ClaimName,
  purpose: StatedPurpose,
): Promise<Personal | null> {
  const found = await personalOfClaim(database, await vault.keys(), fixmedins_code, setl_id);
  if (found === null) return null;
  const { psn_no, personal } = found;
  await transaction(database, (client) =>
    recordEvents(client, { ...actor, purpose: purposeText(purpose) }, [
      {
        kind: 'person.revealed',
        key: psn_no,
        detail: { fixmedins_code, setl_id, fields: Object.keys(personal) },
      },
    ]),
  );
  return personal;
}

/** `null`: there is no such entry in sight. */
export async function revealInput(
  { database, vault, actor }: Deps,
  id: bigint,
  purpose: StatedPurpose,
  sight: Sight,
): Promise<string | null> {
  const entry = await findQuarantined(database, await vault.keys(), id, sight);
  if (entry === null) return null;
  await transaction(database, (client) =>
    recordEvents(client, { ...actor, purpose: purposeText(purpose) }, [
      { kind: 'quarantine.revealed', key: String(id), detail: {} },
    ]),
  );
  return entry.raw;
}

/** `null`: there is no such settlement. */
export async function whoHasSeen(
  database: Database,
  { fixmedins_code, setl_id }: ClaimName,
): Promise<PersonSeen | null> {
  const psnNo = await psnNoOf(database, fixmedins_code, setl_id);
  if (psnNo === null) return null;
  const { items } = await searchEvents(database, { subject: `person/${psnNo}`, page_size: seenMax });
  return {
    items: items.map(({ seq, recorded_at, kind, purpose, actor: { account, role, area } }) => ({
      seq,
      recorded_at,
      kind,
      purpose,
      account,
      role,
      area,
    })),
  };
}
