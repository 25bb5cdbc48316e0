/**
 * What the demo has published, so that the public pages and the room of credit are not empty: grades, by the same steps as any other, and the
 * statistics of the month before. All of it is made up.
 */
import { canonicalJson } from '../audit/canonical-json.ts';
import { recordEvents } from '../audit/store.ts';
import { sha256Hex } from '../cases/sha256.ts';
import type { CreditSubject } from '../credit/contract.ts';
import { giveNotice, type NoticeDeps, publishGrade } from '../credit/service.ts';
import { firstSeqOf } from '../credit/store.ts';
import { demoNoticeAgo } from '../demo/credit.ts';
import { findAccount } from '../people/account-store.ts';
import type { Who } from '../people/identify.ts';
import { permissionsOf } from '../people/permissions.ts';
import { dayOf, dayOfSecond, formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Draft } from '../publicity/contract.ts';
import { type Counted, elsewhere, statisticsDocument, titleOf } from '../publicity/documents.ts';
import { decide, prepare, preview, type PublicityDeps } from '../publicity/service.ts';
import { decideVersion, holdPublication, insertVersion } from '../publicity/store.ts';
import { termOn } from '../publicity/terms.ts';

const scorer = 'demo-credit';
const approver = 'demo-leader';
const scheme = 'INSTITUTION-GRADE';
/** Of the findings of the demo city, one in so many counts as confirmed in the month before. */
const confirmedEvery = 3;

interface Done {
  readonly ok: boolean;
}

/** @param graded whose grades are told, published and approved, in the order given */
export async function publishDemo(
  credit: NoticeDeps,
  publicity: PublicityDeps,
  graded: readonly CreditSubject[],
): Promise<void> {
  const { database } = publicity;
  const [by, approvedBy] = [await whoIs(database, scorer), await whoIs(database, approver)];
  if (by === null || approvedBy === null) return;
  for (const subject of graded) await publishOne(credit, publicity, subject, by, approvedBy);
  await publishMonth(publicity, by, approvedBy);
}

/** `null`: somebody made the accounts otherwise, and nothing is done in the name of others. */
async function whoIs({ pool }: Database, login: string): Promise<Who | null> {
  const account = await findAccount(pool, login);
  if (account === null) return null;
  const { role, area } = account;
  return { actor: { account: login, role, area }, permissions: permissionsOf(role, area) };
}

/** A grade that changes over the turn of a year is not published, like any that changed since it was told. */
async function publishOne(
  credit: NoticeDeps,
  publicity: PublicityDeps,
  subject: CreditSubject,
  by: Who,
  approvedBy: Who,
): Promise<void> {
  const firstSeq = await firstSeqOf(credit.database.pool, subject);
  if (firstSeq === null) return;
  const told = await giveNotice(
    { ...credit, asOf: () => credit.asOf() - demoNoticeAgo },
    by,
    firstSeq,
    scheme,
  );
  if (!told.ok || !(await publishGrade(credit, by, told.id)).ok) return;
  const draft: Draft = { kind: 'grade', source: `${subject.kind}/${subject.key}/${scheme}`, story: null };
  const seen = await preview(publicity, draft);
  if (!seen.ok) return;
  const { sha256 } = seen.preview;
  const made = await prepare(publicity, by, { ...draft, action: 'publish', sha256 });
  if (made.ok) done(await decide(publicity, approvedBy, made.id, 'approve', { sha256, reason: '' }));
}

const done = (answer: Done): void => {
  if (!answer.ok) throw new Error('a publication of the demo was refused');
};

/** Reviews of today are of this month, whose statistics are not due: these are made of the findings themselves. */
async function publishMonth(
  { database, terms, classOf, now }: PublicityDeps,
  by: Who,
  approvedBy: Who,
): Promise<void> {
  const today = formatDay(dayOfSecond(now()));
  const month = formatDay((dayOf(`${today.slice(0, 7)}-01`) ?? 0) - 1).slice(0, 7);
  const counted = countedOf(await foundOf(database), classOf());
  const document = statisticsDocument(month, counted, termOn(terms, 'k_anonymity', '', today).value);
  if (document === null) return;
  await transaction(database, async (client) => {
    const text = canonicalJson(document);
    const sha256 = sha256Hex(text);
    const id = await insertVersion(client, {
      publication_id: await holdPublication(client, 'statistics', month),
      action: 'publish',
      title: titleOf(document),
      document: text,
      sha256,
      reason: null,
      account: by.actor.account,
    });
    await decideVersion(client, id, 'approved', approvedBy.actor.account, '');
    const detail = { of: 'statistics', action: 'publish', hash: sha256 } as const;
    await recordEvents(client, by.actor, [{ kind: 'publicity.prepared', key: String(id), detail }]);
    await recordEvents(client, approvedBy.actor, [{ kind: 'publicity.approved', key: String(id), detail }]);
  });
}

interface Found {
  readonly psn_no: string;
  readonly fixmedins_code: string;
  readonly rule_code: string;
  readonly fen: number;
}

async function foundOf({ pool }: Database): Promise<Found[]> {
  const { rows } = await pool.query<Found>(
    `SELECT psn_no, fixmedins_code, rule_code, (amount * 100)::int8 AS fen
       FROM finding WHERE state = 'active' AND verdict = '违规' ORDER BY finding_id`,
  );
  return rows.filter((_, place) => place % confirmedEvery === 0);
}

/** By area and class, with the totals of both: the demo city is one 统筹区. */
function countedOf(found: readonly Found[], classOf: ReadonlyMap<string, string>): Counted[] {
  const cells = new Map<string, { of: Pick<Counted, 'area' | 'of_class'>; found: Found[] }>();
  for (const one of found) {
    const area = /^[A-Za-z]\d{11}$/.test(one.fixmedins_code) ? one.fixmedins_code.slice(1, 7) : elsewhere;
    const ofClass = classOf.get(one.rule_code) ?? '其他';
    for (const of of [
      { area, of_class: ofClass },
      { area, of_class: null },
      { area: null, of_class: ofClass },
      { area: null, of_class: null },
    ]) {
      const key = JSON.stringify(of);
      const cell = cells.get(key) ?? { of, found: [] };
      cell.found.push(one);
      cells.set(key, cell);
    }
  }
  return [...cells.values()].map(({ of, found: held }) => ({
    ...of,
    pool: null,
    persons: new Set(held.map(({ psn_no }) => psn_no)).size,
    findings: held.length,
    amount_fen: held.reduce((sum, { fen }) => sum + fen, 0),
  }));
}
