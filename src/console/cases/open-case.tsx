/** From confirmed findings to the clue of a case. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useNavigate } from 'react-router';
import { caseApi, casesKey } from '../case-api.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { useOnce } from '../once.ts';
import { paths } from '../paths.ts';
import { reviewsKey } from '../reviews-api.ts';

/** @param findings their ids; one case is about one institution, which the server answers for */
export function OpenCase({ findings }: { findings: readonly string[] }) {
  const { t } = useText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { mutationKey, isFree } = useOnce();
  const open = useMutation({
    mutationKey,
    mutationFn: () => caseApi.open(findings),
    onSuccess: ({ id }) => {
      // Whoever comes back sees in which case they are.
      for (const queryKey of [reviewsKey, casesKey]) void queryClient.invalidateQueries({ queryKey });
      return navigate(paths.case(id));
    },
  });
  return (
    <>
      <Button
        size="small"
        type="primary"
        disabled={findings.length === 0}
        loading={open.isPending}
        onClick={() => {
          if (isFree()) open.mutate();
        }}
      >
        {t('case.open')}
      </Button>
      {open.error !== null && <Failure error={open.error} />}
    </>
  );
}
