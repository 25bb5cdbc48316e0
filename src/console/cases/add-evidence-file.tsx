/** A photo, scan or PDF as a piece of evidence: what it is, and the file with its progress. */
import { Button, Form, Progress, Tooltip } from 'antd';
import { useState } from 'react';
import { type CaseDetail, evidenceFileBytesMax } from '../../cases/view-contract.ts';
import { caseApi, casesKey } from '../case-api.ts';
import { FileChoice } from '../file-choice.tsx';
import { FormModal } from '../form-modal.tsx';
import { sizeOf } from '../format.ts';
import { useText } from '../language.tsx';
import { EvidenceFields, givenEvidence, type TypedEvidence } from './evidence-fields.tsx';

interface TypedFile extends TypedEvidence {
  readonly file: File;
}

export function AddEvidenceFile({
  detail: { id, revision },
  offer,
}: {
  detail: CaseDetail;
  offer: CaseDetail['offers'][number];
}) {
  const { t } = useText();
  const [isOpen, setOpen] = useState(false);
  const [share, setShare] = useState<number | null>(null);
  const size = sizeOf(evidenceFileBytesMax);
  const send = ({ file, ...typed }: TypedFile): Promise<unknown> =>
    caseApi.addEvidenceFile(id, givenEvidence(typed, revision), file, setShare).finally(() => setShare(null));
  return (
    <>
      <Tooltip title={offer.basis}>
        <Button onClick={() => setOpen(true)}>{t('case.evidence_add_file')}</Button>
      </Tooltip>
      <FormModal<TypedFile, unknown>
        isOpen={isOpen}
        changes={casesKey}
        title={t('case.evidence_add_file')}
        initialValues={{ kind: 'documentary' }}
        send={send}
        onClose={() => setOpen(false)}
      >
        <Form.Item
          label={t('case.evidence_file')}
          name="file"
          extra={t('case.evidence_file_limits', { size })}
          rules={[
            { required: true, message: t('draw.needed') },
            {
              validator: (_, file?: File) =>
                file === undefined || file.size <= evidenceFileBytesMax
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('case.evidence_too_large', { size }))),
            },
          ]}
        >
          <FileChoice name={t('case.evidence_file')} accept=".jpg,.jpeg,.png,.pdf" />
        </Form.Item>
        <EvidenceFields />
        {share !== null && <Progress size="small" percent={Math.round(share * 100)} />}
      </FormModal>
    </>
  );
}
