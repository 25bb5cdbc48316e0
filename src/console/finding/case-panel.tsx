/** From a confirmed finding to a case. */
import { useMutation } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { useNavigate } from 'react-router';
import { caseApi } from '../case-api.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';

export function CasePanel({ findingId }: { findingId: string }) {
  const { t } = useText();
  const navigate = useNavigate();
  const open = useMutation({
    mutationFn: () => caseApi.open([findingId]),
    onSuccess: ({ id }) => navigate(paths.case(id)),
  });
  return (
    <Card size="small" title={t('room.cases')}>
      <div className="stack">
        <p className="quiet">{t('case.open_note')}</p>
        {open.error !== null && <Failure error={open.error} />}
        <div>
          <Button loading={open.isPending} onClick={() => open.mutate()}>
            {t('case.open')}
          </Button>
        </div>
      </div>
    </Card>
  );
}
