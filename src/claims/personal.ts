/**
 * Personal data kept apart: everything screens, shows and exports the document without it; the few who may see it join it again.
 * Staff names (`chfpdr_name`, `bilg_dr_name`) stay in the document: they act for the institution.
 */
import type { Keyring } from '../vault/keyring.ts';
import { type Claim, personSchema } from './contract.ts';

export const personalFields = ['certno', 'psn_name', 'tel', 'addr'] as const;
type PersonalField = (typeof personalFields)[number];

export type Personal = Pick<Claim['person'], PersonalField>;
/** A canonical claim without personal data. */
export type ClaimDoc = Omit<Claim, 'person'> & { person: Omit<Claim['person'], PersonalField> };

/** Where the personal data of a claim belongs: sealed for one content, it opens for no other. @param hash content hash, in hex */
export const personalPlace = (hash: string): string => `claim ${hash}`;

/** Personal data out of its sealed form. @throws VaultError */
export const personalOf = (keys: Keyring, hash: string, sealed: Buffer): Personal =>
  readPersonal(keys.open(personalPlace(hash), sealed));

/** @param text JSON, as `writePersonal` writes it */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written from `Personal`, and opened only as it was sealed
export const readPersonal = (text: Buffer): Personal => JSON.parse(text.toString()) as Personal;

export function splitPersonal(claim: Claim): { doc: ClaimDoc; personal: Personal | null } {
  const { certno, psn_name, tel, addr, ...person } = claim.person;
  const personal: Personal = {
    ...(certno === undefined ? {} : { certno }),
    ...(psn_name === undefined ? {} : { psn_name }),
    ...(tel === undefined ? {} : { tel }),
    ...(addr === undefined ? {} : { addr }),
  };
  return { doc: { ...claim, person }, personal: Object.keys(personal).length === 0 ? null : personal };
}

const personOrder = Object.keys(personSchema.shape);

/** The canonical claim again, byte for byte: the keys of the person return to the order of the schema. */
export function joinPersonal(doc: ClaimDoc, personal: Personal | null): Claim {
  if (personal === null) return { ...doc };
  const { psn_no, ...others } = { ...doc.person, ...personal };
  const ordered = Object.entries(others).toSorted(
    ([a], [b]) => personOrder.indexOf(a) - personOrder.indexOf(b),
  );
  return { ...doc, person: { psn_no, ...Object.fromEntries(ordered) } };
}

/** 张* · 欧*** : the family name's first character only. */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = name;
  return first + '*'.repeat(Math.max(1, rest.length));
};

const keptAtStart = 4;
const keptAtEnd = 4;

/** 3307**********1234; anything shorter than twice what would be shown is hidden whole. */
export const maskNumber = (number: string): string =>
  number.length < 2 * (keptAtStart + keptAtEnd)
    ? '*'.repeat(number.length)
    : number.slice(0, keptAtStart) +
      '*'.repeat(number.length - keptAtStart - keptAtEnd) +
      number.slice(-keptAtEnd);

/** Personal data as the console shows it to those who have not stated a purpose. */
export function maskPersonal(personal: Personal): Personal {
  const { certno, psn_name, tel, addr } = personal;
  return {
    ...(certno === undefined ? {} : { certno: maskNumber(certno) }),
    ...(psn_name === undefined ? {} : { psn_name: maskName(psn_name) }),
    ...(tel === undefined ? {} : { tel: maskNumber(tel) }),
    ...(addr === undefined ? {} : { addr: '***' }),
  };
}
