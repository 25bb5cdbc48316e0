import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { type AuditEvent, definitions } from '../../src/audit/catalogue.ts';
import { eventSchema, piecesOf } from '../../src/audit/event.ts';
import { handbook } from '../../src/audit/handbook.ts';
import { personalFields } from '../../src/platform/log.ts';

const actor = systemActor('test');

test('the handbook is up to date: fundwatch audit handbook > docs/audit-events.zh-CN.md', () => {
  expect(readFileSync('docs/audit-events.zh-CN.md', 'utf8')).toBe(handbook());
});

test('the handbook names every kind and says in both languages what every field means', () => {
  const text = handbook();
  for (const [kind, { detail, meaning }] of definitions) {
    expect(text).toContain(`## \`${kind}\``);
    expect(meaning.zh).toMatch(/[\u4e00-\u9fff]/);
    for (const [name, schema] of Object.entries(detail.shape))
      expect(schema.description, `${kind} ${name}`).toMatch(/[\u4e00-\u9fff].* \/ [^\u4e00-\u9fff]+$/);
  }
});

test('no kind has a field for personal data', () => {
  for (const [kind, { detail, state }] of definitions)
    for (const name of [...Object.keys(detail.shape), ...Object.keys(state?.shape ?? {})])
      expect(personalFields.has(name), `${kind} ${name}`).toBe(false);
});

test('an event with wrong fields does not compile, and is refused where types were got round', () => {
  // @ts-expect-error a field is missing
  const missing: AuditEvent = { kind: 'retention.rows_removed', key: 'quarantine', detail: { rows: 1 } };
  expect(() => piecesOf(actor, missing)).toThrow('before');
  const unknown: AuditEvent = {
    kind: 'quarantine.dismissed',
    key: '1',
    before: { state: 'open' },
    after: { state: 'dismissed' },
    // @ts-expect-error there is no such field
    detail: { psn_name: '张三' },
  };
  expect(() => piecesOf(actor, unknown)).toThrow('psn_name');
  const stray: AuditEvent = {
    kind: 'screening.batch_taken_apart',
    key: '1',
    // @ts-expect-error this kind has no state
    before: { state: 'waiting' },
    detail: {},
  };
  expect(() => piecesOf(actor, stray)).toThrow('never');
  // @ts-expect-error there is no such kind
  const foreign: AuditEvent = { kind: 'claims.eaten', key: '1', detail: {} };
  expect(() => piecesOf(actor, foreign)).toThrow('claims.eaten');
});

test('the text around the gaps is canonical, whatever stands in it', () => {
  const { start, middle, late, end } = piecesOf(
    { ...actor, address: '10.0.0.1', requestId: 'r"1', purpose: '案件〔2026〕1号' },
    {
      kind: 'quarantine.corrected',
      key: '","seq":7,"',
      before: { state: 'open' },
      after: { state: 'corrected' },
      detail: { batch: null },
    },
  );
  const text = `${start}${'0'.repeat(64)}${middle}2026-01-01T00:00:00.000000Z${late}5${end}`;
  const event = eventSchema.parse(JSON.parse(text));
  expect(event).toMatchObject({ seq: 5, kind: 'quarantine.corrected', subject: { key: '","seq":7,"' } });
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, sorted(v)]),
        )
      : value;
  expect(text).toBe(JSON.stringify(sorted(event)));
});

test('an event that is too long is refused: it belongs into the record it names', () => {
  const months = Object.fromEntries(
    Array.from({ length: 6_000 }, (_, at) => [`${String(1000 + at).padStart(4, '0')}-01`, at]),
  );
  expect(() =>
    piecesOf(actor, { kind: 'retention.claims_removed', key: 'x', detail: { before: '2020-01-01', months } }),
  ).toThrow('65536');
});
