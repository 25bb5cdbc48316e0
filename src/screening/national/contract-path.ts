/** Says where in a request of the national contract a fault of the claim made from it lies. Pure. */
import type { TranslatedVisit } from './translate.ts';

/** Claim fields whose contract fields have other names. */
const contractNames: Readonly<Record<string, string>> = {
  lines: 'fsi_order_dtos',
  diagnoses: 'fsi_diagnose_dtos',
  operations: 'fsi_operation_dtos',
  begntime: 'adm_date',
  endtime: 'dscg_date',
  fee_ocur_time: 'drord_begn_date',
  med_list_codg: 'hilist_code',
  medins_list_codg: 'hosplist_code',
  medins_list_name: 'hosplist_name',
  det_item_fee_sumamt: 'sumamt',
  bilg_dept_codg: 'drord_dept_codg',
  bilg_dept_name: 'drord_dept_name',
  bilg_dr_codg: 'drord_dr_codg',
  bilg_dr_name: 'drord_dr_name',
  diag_code: 'dise_codg',
  diag_name: 'dise_name',
  diag_time: 'dise_date',
  oprn_oprt_code: 'oprn_code',
  oprn_oprt_name: 'oprn_name',
  oprn_oprt_date: 'oprn_date',
  psn_no: 'patn_id',
  fixmedins_code: 'medins_id',
  fixmedins_name: 'medins_name',
  hosp_lv: 'medins_lv',
};

/** Where in the request a path of the claim document points to; an order is named by its id, because some may have been left out. */
export function contractPath(visit: TranslatedVisit, path: string): string {
  const orders = [...visit.orders.values()];
  const named = path
    .replace(/^\$\.(person|institution|visit|settlement)?\.?/, '')
    .replace(/^lines\[(\d+)\]/, (whole, index: string) => {
      const rx_id = orders[Number(index)]?.rx_id ?? '';
      return rx_id === '' ? whole : `lines[rx_id=${rx_id}]`;
    });
  const renamed = named.replaceAll(
    /(^|\.)([a-z_]+)/g,
    (_whole, dot: string, name: string) => `${dot}${contractNames[name] ?? name}`,
  );
  return `mdtrt_id=${visit.mdtrt_id} ${renamed}`;
}
