/** From findings that were confirmed later to a case of their institution that still takes evidence. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Select } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { takesEvidence } from '../../cases/contract.ts';
import type { QueueItem } from '../../cases/review-contract.ts';
import { type CaseDetail, casesPageMax } from '../../cases/view-contract.ts';
import { caseApi, casesKey, casesQuery } from '../case-api.ts';
import { Failure } from '../failure.tsx';
import { FormModal } from '../form-modal.tsx';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { reviewsKey } from '../reviews-api.ts';

/** @param items one case is about one institution */
export function AddToCase({ items }: { items: readonly QueueItem[] }) {
  const { t } = useText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [first] = items;
  const isOneParty = items.every(({ fixmedins_code }) => fixmedins_code === first?.fixmedins_code);
  const cases = useQuery({
    ...casesQuery({ fixmedins_code: first?.fixmedins_code, page_size: casesPageMax }),
    enabled: isOpen && first !== undefined,
  });
  /** Each is a step of the case: what was added stays when one is refused. */
  const send = async ({ id }: { id: string }): Promise<CaseDetail> => {
    let detail = await caseApi.one(id);
    try {
      for (const { finding_id } of items)
        detail = await caseApi.addFinding(id, { revision: detail.revision, finding_id });
    } finally {
      // Whoever stays sees which of them are in the case.
      await queryClient.invalidateQueries({ queryKey: reviewsKey });
    }
    return detail;
  };
  return (
    <>
      <Button
        size="small"
        disabled={first === undefined || !isOneParty}
        title={isOneParty ? undefined : t('case.one_party')}
        onClick={() => setOpen(true)}
      >
        {t('case.add_to')}
      </Button>
      <FormModal<{ id: string }, CaseDetail>
        isOpen={isOpen}
        changes={casesKey}
        title={t('case.add_to')}
        initialValues={{}}
        isReady={cases.data !== undefined}
        send={send}
        onDone={({ id }) => void navigate(paths.case(id))}
        onClose={() => setOpen(false)}
      >
        <Form.Item
          label={t('room.cases')}
          name="id"
          extra={t('case.add_to_note', { n: items.length })}
          rules={[{ required: true, message: t('draw.needed') }]}
        >
          <Select
            loading={cases.isPending}
            notFoundContent={t('case.add_to_none')}
            options={(cases.data?.cases ?? [])
              .filter(({ state }) => takesEvidence.some((one) => one === state))
              .map(({ id, case_no, state }) => ({
                value: id,
                label: `${case_no} ${t(`case.state.${state}`)}`,
              }))}
          />
        </Form.Item>
        {cases.error !== null && <Failure error={cases.error} onRetry={() => void cases.refetch()} />}
      </FormModal>
    </>
  );
}
