/** Records what becomes of an entry later: that it no longer holds, or was made good. */
import { Form, InputNumber } from 'antd';
import { type CreditSubject, entryPointsMax, repairBases, revocationBases } from '../../credit/contract.ts';
import { creditApi } from '../credit-api.ts';
import { useText } from '../language.tsx';
import { creditKey } from '../queries.ts';
import { CommonFields, type CommonTyped } from './common-fields.tsx';
import { FormModal } from '../form-modal.tsx';

export interface Later {
  readonly act: 'revoke' | 'repair';
  readonly seq: number;
}

interface RevocationTyped extends CommonTyped {
  readonly basis: (typeof revocationBases)[number];
}
interface RepairTyped extends CommonTyped {
  readonly basis: (typeof repairBases)[number];
  readonly points?: number | null;
  readonly days?: number | null;
}

/** What an objection revokes is recorded by its decision. */
const plainRevocationBases = revocationBases.filter((basis) => basis !== 'objection_upheld');
const shorterDaysMax = 1_096;

export function LaterModal({
  later,
  subject,
  today,
  onClose,
}: {
  later: Later | null;
  subject: CreditSubject;
  today: string;
  onClose: () => void;
}) {
  const { t } = useText();
  if (later === null) return null;
  const { act, seq } = later;
  const common = ({ day, reference }: CommonTyped) => ({
    subject,
    day,
    source: { reference: reference.trim(), sha256: null },
  });
  return act === 'revoke' ? (
    <FormModal
      isOpen
      changes={creditKey}
      title={t('credit.revoke_title', { n: seq })}
      initialValues={{ day: today }}
      send={(typed: RevocationTyped) =>
        creditApi.record({ entry: 'revocation', revokes: seq, basis: typed.basis, ...common(typed) })
      }
      onClose={onClose}
    >
      <CommonFields bases={plainRevocationBases} />
    </FormModal>
  ) : (
    <FormModal
      isOpen
      changes={creditKey}
      title={t('credit.repair_title', { n: seq })}
      initialValues={{ day: today }}
      send={(typed: RepairTyped) =>
        creditApi.record({
          entry: 'repair',
          repairs: seq,
          basis: typed.basis,
          points: typed.points ?? null,
          days: typed.days ?? null,
          ...common(typed),
        })
      }
      onClose={onClose}
    >
      <CommonFields bases={repairBases} />
      <div className="credit-pair">
        <Form.Item label={t('credit.points_remitted')} name="points">
          <InputNumber min={1} max={entryPointsMax} precision={0} />
        </Form.Item>
        <Form.Item label={t('credit.days_shorter')} name="days">
          <InputNumber min={1} max={shorterDaysMax} precision={0} />
        </Form.Item>
      </div>
    </FormModal>
  );
}
