/** Prepares a publication, correction or withdrawal: what everybody will see, and why it changes. */
import { useQuery } from '@tanstack/react-query';
import { Form, Input } from 'antd';
import {
  type Draft,
  type PublicationKind,
  reasonCharsMax,
  type Story,
  type VersionAction,
} from '../../publicity/contract.ts';
import { Asked } from '../asked.tsx';
import { FormModal } from '../form-modal.tsx';
import { useText } from '../language.tsx';
import { previewQuery, publicityApi, publicityKey } from '../publicity-api.ts';
import { AsEverybodySees } from './as-everybody-sees.tsx';

export interface Preparing {
  readonly kind: PublicationKind;
  readonly source: string;
  readonly title: string;
  readonly action: VersionAction;
  readonly story: Story | null;
}

const skeletonRows = 5;

export function PrepareModal({
  what: { kind, source, title, action, story },
  onClose,
}: {
  what: Preparing;
  onClose: () => void;
}) {
  const { t } = useText();
  const draft: Draft = { kind, source, story };
  const asked = useQuery({ ...previewQuery(draft), enabled: action !== 'withdraw' });
  const sha256 = asked.data?.sha256 ?? '';
  return (
    <FormModal
      isOpen
      changes={publicityKey}
      title={t(`publicity.prepare.${action}`)}
      initialValues={{}}
      isReady={action === 'withdraw' || asked.isSuccess}
      send={({ reason = '' }: { reason?: string }) => {
        switch (action) {
          case 'publish':
            return publicityApi.prepare({ ...draft, action, sha256 });
          case 'correct':
            return publicityApi.prepare({ ...draft, action, sha256, reason });
          case 'withdraw':
            return publicityApi.prepare({ kind, source, action, reason });
        }
      }}
      onClose={onClose}
    >
      {action === 'withdraw' ? (
        <p className="break">{title}</p>
      ) : (
        <Asked of={asked} rows={skeletonRows}>
          {({ document }) => <AsEverybodySees document={document} />}
        </Asked>
      )}
      {action !== 'publish' && (
        <Form.Item
          label={t('publicity.reason')}
          name="reason"
          rules={[{ required: true, whitespace: true, min: 2, message: t('credit.needed') }]}
        >
          <Input.TextArea rows={2} maxLength={reasonCharsMax} showCount />
        </Form.Item>
      )}
      <p className="quiet">{t('publicity.by_two')}</p>
    </FormModal>
  );
}
