/** A small credit ledger for the demo city, so that the room of credit is not empty. All of it is made up. */
import type { CreditSubject, NewEntry } from '../credit/contract.ts';
import { formatDay } from '../platform/civil.ts';
import type { City } from './city.ts';

type FactEntry = Extract<NewEntry, { entry: 'fact' }>;

/**
 * @param asOf today, as a day number: the entries lie before it
 * @returns in the order in which they are recorded; the last one revokes the first
 */
export function demoCredit({ institutions, persons }: City, asOf: number): NewEntry[] {
  const [first, second, third] = institutions;
  const doctors = institutions.flatMap((institution) =>
    institution.departments.flatMap((department) => department.doctors),
  );
  const pharmacist = institutions.flatMap(({ pharmacists }) => pharmacists)[0];
  const person = persons[0];
  const day = (ago: number): string => formatDay(asOf - ago);
  const source = (reference: string) => ({ reference: `${reference}（演示）`, sha256: null });
  const fact = (
    subject: CreditSubject,
    ago: number,
    code: string,
    reference: string,
    stated: Partial<FactEntry> = {},
  ): FactEntry => ({
    entry: 'fact',
    subject,
    day: day(ago),
    source: source(reference),
    fact: code,
    basis: 'case_decision',
    points: null,
    severity: null,
    responsibility: null,
    value: null,
    event: null,
    act: null,
    ...stated,
  });
  const of = (kind: CreditSubject['kind'], key: string | undefined): CreditSubject[] =>
    key === undefined ? [] : [{ kind, key }];
  const entries: NewEntry[] = [
    ...of('institution', first?.document.fixmedins_code).flatMap((subject) => [
      fact(subject, 160, 'administrative_penalty', '示例医保罚 1 号', { severity: 'ordinary' }),
      fact(subject, 120, 'fund_misuse_accepted', '疑点认可书 1 号', {
        basis: 'accepted_finding',
        value: 3_260_000,
      }),
      fact(subject, 90, 'uploads_timely', '二季度上传记录', { basis: 'upload_record' }),
      fact(subject, 40, 'self_correction', '自查报告 1 号', { basis: 'self_correction' }),
    ]),
    ...of('institution', second?.document.fixmedins_code).flatMap((subject) => [
      fact(subject, 200, 'fund_fraud', '示例医保罚 2 号'),
      fact(subject, 60, 'inspection_problem', '检查记录 3 号', {
        basis: 'inspection_result',
        severity: 'serious',
      }),
    ]),
    ...of('institution', third?.document.fixmedins_code).map((subject) =>
      fact(subject, 30, 'uploads_timely', '三季度上传记录', { basis: 'upload_record' }),
    ),
    ...of('doctor', doctors[0]?.code).map((subject) =>
      fact(subject, 25, 'settled_for_suspended', '记分通知 1 号', { points: 9 }),
    ),
    ...of('doctor', doctors[1]?.code).map((subject) =>
      fact(subject, 20, 'agreement_breach', '记分通知 2 号', { responsibility: 'important' }),
    ),
    ...of('pharmacist_nurse', pharmacist?.code).map((subject) =>
      fact(subject, 15, 'administrative_penalty', '记分通知 3 号', { responsibility: 'general' }),
    ),
    ...of('insured_person', person?.document.psn_no).map((subject) =>
      fact(subject, 80, 'lent_credential', '示例医保罚 4 号'),
    ),
    fact({ kind: 'company', key: '91990101DEMO000001' }, 100, 'bribery', '示例判决 1 号', {
      basis: 'court_judgment',
      value: 62_000_000,
    }),
  ];
  const [wrong] = entries;
  return wrong === undefined
    ? entries
    : [
        ...entries,
        {
          entry: 'revocation',
          subject: wrong.subject,
          day: day(10),
          source: source('行政复议决定 1 号'),
          basis: 'reconsideration',
          revokes: 1,
        },
      ];
}

/** Days ago on which `demoGraded` were told of their grades: more than they have for an objection, and later than their last entries. */
export const demoNoticeAgo = 20;

/** Institutions whose grades are public in the demo: a bad one and a good one. */
export const demoGraded = ({ institutions }: Pick<City, 'institutions'>): CreditSubject[] =>
  institutions.slice(1, 3).map(({ document }) => ({ kind: 'institution', key: document.fixmedins_code }));
