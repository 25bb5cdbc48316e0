/** A person as the fixture server shows one: masked by the product's own code, and in full for a purpose. */
import type { ClaimRow } from '../../src/claims/contract.ts';
import { maskPersonal } from '../../src/claims/personal.ts';
import {
  type PersonDetail,
  personClaimsMax,
  type PersonSearch,
  type PersonSeen,
  type PersonsFound,
} from '../../src/claims/persons-contract.ts';

export const personal = {
  certno: '330702196102281234',
  psn_name: '陈建国',
  tel: '+86-13857901234',
  addr: '示例市江北区城东街道示例路 12 号',
};
const masked = maskPersonal(personal);
export const psnNo = '33070020001234';
const claimsCount = 23;

const claimAt = (index: number): ClaimRow => {
  const day = new Date(Date.UTC(2026, 0, 5 - index * 9)).toISOString().slice(0, 10);
  return {
    fixmedins_code: index % 3 === 0 ? 'H33070200001' : 'P33070200118',
    setl_id: `S${day.replaceAll('-', '')}00017`,
    psn_no: psnNo,
    mdtrt_id: `M${day.replaceAll('-', '')}00017`,
    med_type: index % 3 === 0 ? '21' : '41',
    setl_time: `${day} 10:12:00`,
    begntime: `${day} 09:30:00`,
    endtime: null,
    refd_setl_id: null,
    medfee_sumamt: `${1_204 + index * 37}.50`,
    fund_pay_sumamt: index % 5 === 4 ? null : `${873 + index * 11}.20`,
    lines: 12,
  };
};
export const latestClaim: ClaimRow = claimAt(0);

export const foundBy = ({ by, value }: PersonSearch): PersonsFound => ({
  items:
    value === { ...personal, psn_no: psnNo }[by]
      ? [
          {
            psn_no: psnNo,
            psn_name: masked.psn_name ?? null,
            certno: masked.certno ?? null,
            claims: claimsCount,
            latest: latestClaim,
          },
        ]
      : [],
});

export const person: PersonDetail = {
  psn_no: psnNo,
  psn_name: masked.psn_name ?? null,
  certno: masked.certno ?? null,
  tel: masked.tel ?? null,
  addr: masked.addr ?? null,
  gend: '1',
  brdy: '1961-02-28',
  claims_total: claimsCount,
  claims: Array.from({ length: claimsCount }, (_, index) => claimAt(index)),
};

/** Of whom as little is known as there can be. */
export const unknownPerson: PersonDetail = {
  psn_no: psnNo,
  psn_name: null,
  certno: null,
  tel: null,
  addr: null,
  gend: null,
  brdy: null,
  claims_total: 1,
  claims: [latestClaim],
};

export const seen: PersonSeen = {
  items: [
    {
      kind: 'person.revealed',
      purpose: 'case 浙330702〔2026〕12号',
      account: 'demo-case',
      role: 'case_officer',
    },
    { kind: 'person.revealed', purpose: 'contact_person', account: 'li.wei', role: 'inspector' },
    { kind: 'person.opened', purpose: null, account: 'li.wei', role: 'inspector' },
  ].map((look, index) => ({
    ...look,
    seq: 903 - index,
    area: '330702',
    recorded_at: `2026-01-0${6 - index}T02:20:31.000Z`,
  })),
};

const long = (text: string, length: number): string => text.repeat(length).slice(0, length);

export const overflowingFound = ({ items }: PersonsFound): PersonsFound => ({
  items: items.flatMap((row) =>
    Array.from({ length: 12 }, (_, index) => ({
      ...row,
      psn_no: `${index}${long('P20250302', 28)}`,
      psn_name: `欧${long('*', 20)}`,
      certno: `3307${long('*', 42)}1234`,
      claims: 1_234_567,
    })),
  ),
});

export const overflowingPerson: PersonDetail = {
  ...person,
  psn_no: long('P20250302', 30),
  psn_name: `欧${long('*', 49)}`,
  certno: `3307${long('*', 42)}1234`,
  claims_total: 1_234_567,
  claims: Array.from({ length: personClaimsMax }, (_, index) => ({
    ...latestClaim,
    setl_id: `${index}${long('S20250302', 26)}`,
    fixmedins_code: long('H330702000010', 30),
    medfee_sumamt: '98765432101.23',
    fund_pay_sumamt: '98765432101.23',
  })),
};

export const overflowingSeen: PersonSeen = {
  items: Array.from({ length: 60 }, (_, index) => ({
    seq: 9_000 - index,
    recorded_at: '2026-01-06T02:20:31.000Z',
    account: long('wang.xiaoming-', 40),
    role: 'system:national-audit',
    area: '*',
    kind: 'person.revealed',
    purpose: `case ${long('浙330702〔2026〕12号', 40)}`,
  })),
};
