/** A chain as the fixture server shows it: texts and hashes are made by the product's own code. */
import type { Actor } from '../../src/audit/actor.ts';
import { type AuditEvent, definitions } from '../../src/audit/catalogue.ts';
import {
  type AuditEventRow,
  type AuditEventsQuery,
  type AuditHead,
  type AuditPage,
  auditEventSchema,
} from '../../src/audit/contract.ts';
import { eventSchema, noHash, piecesOf } from '../../src/audit/event.ts';
import { hashOf } from '../../src/audit/verify.ts';

const people: readonly Actor[] = [
  { account: 'system:cli-import', role: 'system', area: '*' },
  {
    account: 'li.wei',
    role: 'inspector',
    area: '330702',
    address: '10.20.3.41',
    requestId: 'b7a1f0c2-5555',
    purpose: '案件〔2026〕12号',
  },
  { account: 'api', role: 'anonymous', area: '*', address: '10.20.3.7', requestId: 'b7a1f0c2-6666' },
];
const auditEventsCount = 137;
const startMs = Date.UTC(2026, 0, 5, 1, 0, 0);
const stepMs = 47 * 60_000;

const counts = { duplicate: 3, revised: 1, rejected: 2 };
const eventAt = (seq: number): AuditEvent => {
  if (seq === 1)
    return {
      kind: 'audit.chain_started',
      key: '1',
      detail: { chain: '0d4c9a6e-7a53-4f0e-9d38-0c4f6f0f3a11' },
    };
  switch (seq % 5) {
    case 0:
      return {
        kind: 'quarantine.dismissed',
        key: String(seq),
        before: { state: 'open' },
        after: { state: 'dismissed' },
        detail: {},
      };
    case 1:
      return {
        kind: 'retention.claims_removed',
        key: '2021-01-01',
        detail: { before: '2021-01-01', months: { '2020-10': 4_112, '2020-11': 3_980, '2020-12': 4_271 } },
      };
    case 2:
      return {
        kind: 'screening.worker_started',
        key: '5f0c1b7a9e21',
        detail: { engine: '1.0.0', rules: 17, concurrency: 2 },
      };
    default:
      return {
        kind: 'claims.batch_stored',
        key: String(seq),
        detail: { source: 'import:12', received: 4_000, accepted: 3_994, ...counts },
      };
  }
};

export function makeAuditEvents(): AuditEventRow[] {
  const rows: AuditEventRow[] = [];
  for (let seq = 1; seq <= auditEventsCount; seq += 1) {
    const event = eventAt(seq);
    const actor = people[seq % people.length] ?? { account: 'x', role: 'x', area: '*' };
    const { start, middle, late, end } = piecesOf(actor, event);
    const at = new Date(startMs + seq * stepMs).toISOString().replace('Z', '000Z');
    const text = `${start}${rows.at(-1)?.hash ?? noHash}${middle}${at}${late}${seq}${end}`;
    const { v: _version, kind, ...rest } = eventSchema.parse(JSON.parse(text));
    rows.push(
      auditEventSchema.parse({
        ...rest,
        kind,
        meaning: definitions.get(kind)?.meaning,
        hash: hashOf(text),
        text,
      }),
    );
  }
  return rows;
}

export function auditPage(events: readonly AuditEventRow[], query: AuditEventsQuery): AuditPage {
  const fitting = events
    .filter(
      ({ seq, kind, actor, subject }) =>
        (query.before === undefined || seq < query.before) &&
        (query.kind === undefined || kind === query.kind) &&
        (query.account === undefined || actor.account === query.account) &&
        (query.subject === undefined || `${subject.type}/${subject.key}` === query.subject),
    )
    .toReversed();
  const items = fitting.slice(0, query.page_size);
  return { items, next_before: fitting.length > items.length ? (items.at(-1)?.seq ?? null) : null };
}

export function auditHead(events: readonly AuditEventRow[], isSigned: boolean): AuditHead {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new Error('a chain without events');
  return {
    seq: last.seq,
    hash: last.hash,
    recorded_at: last.recorded_at,
    chain: first.hash,
    anchor: isSigned
      ? {
          day: '2026-01-08',
          seq: 120,
          key: '9f31c0de7a5544f1b2c3d4e5f6a7b8c9',
          stamped_at: '2026-01-08T16:00:12.000Z',
        }
      : null,
  };
}

/** Keys as long as columns allow. */
export const overflowingEvent = (event: AuditEventRow): AuditEventRow => ({
  ...event,
  actor: { ...event.actor, account: `oidc:${'abcdefghij'.repeat(11)}`, area: '330702'.repeat(8) },
  purpose: '查处某医疗机构虚构医药服务项目骗取医疗保障基金支出一案'.repeat(6),
  request_id: 'r'.repeat(64),
  subject: { ...event.subject, key: 'K'.repeat(200) },
});
