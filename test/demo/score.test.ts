import { describe, expect, it } from 'vitest';
import { kindsOfRule, type ScoredFinding, scoreOf, scoreTable } from '../../src/demo/score.ts';
import { fraudKinds, type Truth } from '../../src/demo/truth.ts';

const planted = (setl_id: string, part: Partial<Truth> = {}): Truth => ({
  kind: 'repeated-line',
  fixmedins_code: 'H1',
  setl_id,
  feedetl_sn: ['2'],
  involved: [{ fixmedins_code: 'H1', setl_id, feedetl_sn: ['1'] }],
  collateral: [],
  note: 'planted',
  ...part,
});
const finding = (setl_id: string, part: Partial<ScoredFinding> = {}, sn = '2'): ScoredFinding => ({
  rule_code: 'FW-LINE-REPEATED',
  fixmedins_code: 'H1',
  setl_id,
  lines: [
    { fixmedins_code: 'H1', setl_id, feedetl_sn: sn, role: '违规项', amount: '1.00' },
    { fixmedins_code: 'H1', setl_id, feedetl_sn: '1', role: '涉及项', amount: '0.00' },
  ],
  ...part,
});
const of = (kind: string, score: ReturnType<typeof scoreOf>) =>
  score.kinds.find((each) => each.kind === kind);

describe('scoreOf', () => {
  it('counts what was found, missed and wrongly found, by claim and by line', () => {
    const score = scoreOf(
      [planted('S1'), planted('S2'), planted('S3')],
      [finding('S1'), finding('S2', {}, '9'), finding('S4')],
    );
    expect(of('repeated-line', score)).toEqual({
      kind: 'repeated-line',
      claims: { planted: 3, found: 2, missed: 1, wrong: 1, collateral: 0, precision: 2 / 3, recall: 2 / 3 },
      lines: { planted: 3, found: 1, missed: 2, wrong: 2, collateral: 0, precision: 1 / 3, recall: 1 / 3 },
    });
    expect(score.missed.map((miss) => miss.setl_id)).toEqual(['S3']);
    expect(score.wrong.map((miss) => miss.setl_id)).toEqual(['S4']);
  });

  it('takes several findings on one claim for one', () => {
    const score = scoreOf([planted('S1')], [finding('S1'), finding('S1')]);
    expect(of('repeated-line', score)?.claims).toMatchObject({ found: 1, wrong: 0, precision: 1 });
  });

  it('keeps the same settlement number of two institutions apart', () => {
    const score = scoreOf([planted('S1')], [finding('S1', { fixmedins_code: 'H2' })]);
    expect(of('repeated-line', score)?.claims).toMatchObject({ found: 0, wrong: 1, missed: 1 });
  });

  it('counts a finding against the earlier of two claims as wrong', () => {
    const score = scoreOf(
      [planted('S2', { involved: [{ fixmedins_code: 'H1', setl_id: 'S1' }] })],
      [finding('S1')],
    );
    expect(of('repeated-line', score)?.claims).toMatchObject({ found: 0, wrong: 1, missed: 1 });
  });

  it('neither praises nor blames what another case brings with it', () => {
    const stay = planted('S2', {
      kind: 'duplicate-stay',
      involved: [{ fixmedins_code: 'H1', setl_id: 'S1' }],
      collateral: ['repeated-line'],
    });
    const score = scoreOf([stay], [finding('S2'), finding('S1')]);
    expect(of('repeated-line', score)?.claims).toMatchObject({
      found: 0,
      wrong: 0,
      collateral: 2,
      precision: null,
      recall: null,
    });
    expect(of('duplicate-stay', score)?.claims).toMatchObject({
      planted: 1,
      missed: 1,
      recall: 0,
      precision: null,
    });
  });

  it('says which look-alike was taken for a fraud', () => {
    const alike = {
      kind: 'bilateral-procedure' as const,
      resembles: ['repeated-line' as const],
      claims: [{ fixmedins_code: 'H1', setl_id: 'S9' }],
    };
    expect(scoreOf([], [finding('S9')], [alike]).wrong[0]?.looksLike).toBe('bilateral-procedure');
  });

  it('names rules that it cannot score', () => {
    expect(
      scoreOf([], [finding('S1', { rule_code: 'FW-NEW' }), finding('S2', { rule_code: 'FW-NEW' })])
        .otherRules,
    ).toEqual({ 'FW-NEW': 2 });
  });
});

it('knows a rule for every kind', () => {
  expect(new Set(Object.values(kindsOfRule).flat())).toEqual(new Set(fraudKinds));
});

it('prints a table in which nothing found is no perfect precision', () => {
  const lines = scoreTable(scoreOf([planted('S1')], [])).split('\n');
  expect(lines[0]).toMatch(/^kind +planted +TP +FP +FN +collateral +precision +recall/);
  expect(
    lines
      .find((line) => line.startsWith('repeated-line'))
      ?.split(/ +/)
      .slice(0, 8),
  ).toEqual(['repeated-line', '1', '0', '0', '1', '0', '–', '0.000']);
  expect(lines.find((line) => line.startsWith('漏报 / missed: 1'))).toBeDefined();
});
