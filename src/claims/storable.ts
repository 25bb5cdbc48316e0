/**
 * A claim made ready for the database. What is stored besides its keys are bytes, so thousands of claims can wait for their
 * transaction without being kept as objects.
 */
export type StorableClaim = {
  fixmedins_code: string;
  setl_id: string;
  psn_no: string;
  /** The document's `updt_time`, or its `setl_time`. */
  updt_time: string;
  /** SHA-256 of the canonical JSON, in hex: the identity of the content. */
  hash: string;
  /** The drug trace codes it carries, each once. */
  codes: readonly string[];
  last_day: number;
  /** Values of `keyColumns` in COPY's text form, and behind them the stored text of the document (`claims/stored.ts`). */
  rows: Buffer;
  /** How many of the bytes are keys. */
  keysBytes: number;
  /** The person's `Personal` as JSON, to be sealed; `null`: none is stated. */
  personal: Buffer | null;
};

/** The stored text of the document. */
export const documentTextOf = ({ rows, keysBytes }: StorableClaim): string =>
  rows.toString('utf8', keysBytes);

/** Columns of `claim_revision` after the ids. */
export const keyColumns = [
  'fixmedins_code',
  'setl_id',
  'content_hash',
  'psn_no',
  'mdtrt_id',
  'med_type',
  'setl_time',
  'begntime',
  'endtime',
  'updt_time',
  'refd_setl_id',
  'medfee_sumamt',
  'fund_pay_sumamt',
  'lines',
  'first_day',
  'last_day',
  'states_death',
  'traced',
  'practitioners',
];
