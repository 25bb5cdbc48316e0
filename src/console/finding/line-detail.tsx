/** Everything else that a fee line states, and its trace codes. */
import { named } from '../../claims/codes-contract.ts';
import { claimTime } from '../format.ts';
import { useText } from '../language.tsx';
import type { InvolvedClaim, LineView } from './claim-view.ts';

const tracesShownMax = 20;

export function LineDetail({ line, claim }: { line: LineView; claim: InvolvedClaim }) {
  const { t, language } = useText();
  const facts: (readonly [string, string | number | null | undefined])[] = [
    [t('line.feedetl_sn'), line.feedetl_sn],
    [t('line.init_feedetl_sn'), line.init_feedetl_sn],
    [t('line.medins_list_codg'), line.medins_list_codg],
    [t('line.list_type'), named('list_type', line.list_type, language)],
    [t('line.chrgitm_lv'), named('chrgitm_lv', line.chrgitm_lv, language)],
    [t('line.fulamt_ownpay_amt'), line.fulamt_ownpay_amt],
    [t('line.overlmt_amt'), line.overlmt_amt],
    [t('line.preselfpay_amt'), line.preselfpay_amt],
    [t('line.pric_uplmt_amt'), line.pric_uplmt_amt],
    [t('line.selfpay_prop'), line.selfpay_prop],
    [t('line.rxno'), line.rxno],
    [t('line.bilg_dept'), line.bilg_dept_name ?? line.bilg_dept_codg],
    [t('line.bilg_dr'), line.bilg_dr_name ?? line.bilg_dr_codg],
    [t('line.acord_dept'), line.acord_dept_codg],
    [
      t('line.usage'),
      [line.sin_dos_dscr, line.used_frqu_dscr, line.medc_way_dscr].filter((part) => part != null).join(' · '),
    ],
    [t('line.prd_days'), line.prd_days],
  ];
  const traces = (claim.view?.traces ?? []).filter(({ feedetl_sn }) => feedetl_sn === line.feedetl_sn);
  return (
    <div className="line-detail">
      <dl className="claim-facts">
        {facts.map(([label, value]) =>
          value === null || value === undefined || value === '' ? null : (
            <div key={label}>
              <dt>{label}</dt>
              <dd className="break">{value}</dd>
            </div>
          ),
        )}
      </dl>
      {traces.length > 0 && (
        <>
          <h4>{t('line.traces', { n: traces.length })}</h4>
          <ul className="traces">
            {traces.slice(0, tracesShownMax).map((trace) => (
              <li key={`${trace.drug_trac_codg} ${trace.sel_retn_time} ${trace.sel_retn_flag}`}>
                <code>{trace.drug_trac_codg}</code>
                {trace.trdn_flag === '1' && <span className="quiet">{t('line.trace_split')}</span>}
                {trace.sel_retn_flag === '1' && <span className="quiet">{t('line.trace_returned')}</span>}
                {trace.sel_retn_time != null && (
                  <span className="quiet">{claimTime(trace.sel_retn_time)}</span>
                )}
              </li>
            ))}
          </ul>
          {traces.length > tracesShownMax && (
            <p className="quiet">{t('value.more', { n: traces.length - tracesShownMax })}</p>
          )}
        </>
      )}
    </div>
  );
}
