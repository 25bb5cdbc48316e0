/** Parts of a claim as short phrases. */
import { named } from '../../claims/codes-contract.ts';
import { amount, claimDay, claimTime, dayNumber } from '../format.ts';
import type { Text } from '../language.tsx';
import { type ClaimView, diagnosesInOrder } from './claim-view.ts';

const present = (parts: readonly (string | null | undefined)[]): string[] =>
  parts.flatMap((part) => (part === null || part === undefined || part === '' ? [] : [part]));

/** 张* · 男 · 1960-03-02 · 职工医保: as masked as it came. */
export function personWords({ person }: ClaimView, { language, t }: Text): string {
  const words = present([
    person.psn_name,
    named('gend', person.gend, language),
    person.brdy,
    named('insutype', person.insutype, language),
    person.die_date == null ? null : t('claim.died', { day: person.die_date }),
  ]);
  return words.length === 0 ? t('value.not_stated') : words.join(' · ');
}

export function institutionWords({ institution }: ClaimView, { language }: Text): string {
  return present([
    institution.fixmedins_name ?? institution.fixmedins_code,
    named('hosp_lv', institution.hosp_lv, language),
  ]).join(' · ');
}

/** 2026-03-01 → 2026-03-09（8 天） */
export function periodWords({ visit }: ClaimView, { t }: Text): string {
  if (visit.begntime === undefined) return t('value.not_stated');
  if (visit.endtime == null) return claimTime(visit.begntime);
  const days = dayNumber(visit.endtime) - dayNumber(visit.begntime);
  if (days === 0) return `${claimDay(visit.begntime)} ${timeOf(visit.begntime)}–${timeOf(visit.endtime)}`;
  return t('claim.period', { from: claimTime(visit.begntime), to: claimTime(visit.endtime), days });
}

const timeOf = (text: string): string => text.slice(11, 16);

export const diagnosesWords = (view: ClaimView, { t }: Text): string[] =>
  view.diagnoses == null
    ? [t('value.not_reported')]
    : diagnosesInOrder(view).map((diagnosis) =>
        present([diagnosis.diag_code, diagnosis.diag_name]).join(' '),
      );

export const operationsWords = ({ operations }: ClaimView): string[] =>
  (operations ?? []).map((operation) =>
    present([
      operation.oprn_oprt_code,
      operation.oprn_oprt_name,
      operation.oprn_oprt_date == null ? null : claimTime(operation.oprn_oprt_date),
    ]).join(' '),
  );

export const departmentWords = ({ visit }: ClaimView): string =>
  present([
    visit.dscg_dept_name ?? visit.adm_dept_name ?? visit.adm_dept_codg,
    visit.chfpdr_name ?? visit.atddr_no,
  ]).join(' · ');

export function identityWords({ identity_checks }: ClaimView, { language, t }: Text): string[] {
  if (identity_checks == null) return [t('value.not_reported')];
  if (identity_checks.length === 0) return [t('claim.no_checks')];
  return identity_checks.map((check) =>
    present([
      check.check_time === undefined ? null : claimTime(check.check_time),
      named('method', check.method, language),
      named('result', check.result, language),
      check.score == null ? null : t('claim.score', { score: check.score }),
      check.liveness === false ? t('claim.not_live') : null,
    ]).join(' '),
  );
}

export const moneyWords = (value: string | number | null | undefined, { t }: Text): string =>
  value === null || value === undefined ? t('value.not_stated') : amount(String(value));
