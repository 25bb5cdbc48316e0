/** Looking for events. What is shown comes from the text that was hashed; the columns only find it. */
import { formatDay } from '../platform/civil.ts';
import type { Database } from '../platform/database.ts';
import { dayFromText } from './anchor-service.ts';
import { definitions, type Message } from './catalogue.ts';
import { type AuditEventRow, type AuditEventsQuery, type AuditPage, auditEventSchema } from './contract.ts';
import { eventSchema } from './event.ts';

export async function searchEvents(
  database: Pick<Database, 'pool'>,
  query: AuditEventsQuery,
): Promise<AuditPage> {
  const values: unknown[] = [];
  const conditions = ['true'];
  const where = (sql: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(sql.replace('?', `$${values.length}`));
  };
  where('kind = ?', query.kind);
  where('account = ?', query.account);
  where('subject = ?', query.subject);
  where('recorded_at >= ?', midnight(query.from, 0));
  where('recorded_at < ?', midnight(query.to, 1));
  where('seq < ?', query.before);
  values.push(query.page_size + 1);
  const { rows } = await database.pool.query<StoredEvent>(
    `SELECT seq, kind, account, subject, recorded_at, prev_hash, hash, text FROM audit_event
      WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT $${values.length}`,
    values,
  );
  const items = rows.slice(0, query.page_size).map(shown);
  const last = items.at(-1);
  return { items, next_before: rows.length > query.page_size && last !== undefined ? last.seq : null };
}

interface StoredEvent {
  readonly seq: number;
  readonly kind: string;
  readonly account: string;
  readonly subject: string;
  readonly recorded_at: Date;
  readonly prev_hash: string;
  readonly hash: string;
  readonly text: string;
}

/** A text that was tampered with until it is no event any more is still shown, beside what the columns say. */
function shown({
  seq,
  kind,
  account,
  subject,
  recorded_at,
  prev_hash,
  hash,
  text,
}: StoredEvent): AuditEventRow {
  const document = documentOf(text);
  const [type = '', ...key] = subject.split('/');
  return auditEventSchema.parse({
    seq,
    kind,
    meaning: meaningOf(kind),
    recorded_at: recorded_at.toISOString(),
    actor: document?.actor ?? { account, role: '', area: '', address: null },
    purpose: document?.purpose ?? null,
    request_id: document?.request_id ?? null,
    subject: document?.subject ?? { type, key: key.join('/') },
    before: document?.before ?? null,
    after: document?.after ?? null,
    detail: document?.detail ?? null,
    prev_hash,
    hash,
    text,
  });
}

function documentOf(text: string) {
  try {
    return eventSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Events outlive their kinds: one that a later version does not know any more is shown by its name. */
const meaningOf = (kind: string): Message => definitions.get(kind)?.meaning ?? { zh: kind, en: kind };

/** The beginning of a day in Shanghai, or of one after it. */
function midnight(text: string | undefined, daysLater: number): Date | undefined {
  const day = text === undefined ? null : dayFromText(text);
  return day === null ? undefined : new Date(`${formatDay(day + daysLater)}T00:00:00+08:00`);
}
