/** Clues that the tip office referred: a number and a summary, of which a case can be opened. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card } from 'antd';
import { useNavigate } from 'react-router';
import type { Referrals } from '../../publicity/tips-contract.ts';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { referralsQuery, tipsApi, tipsKey } from '../tips-api.ts';

type Referral = Referrals['items'][number];

/** Nothing where nothing was referred: cases are what the room is for. */
export function TipClues() {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { data } = useQuery(referralsQuery);
  const open = useMutation({
    mutationFn: ({ tip_id, seq }: Referral) => tipsApi.openReferral(tip_id, seq),
    onSuccess: async ({ case_id }) => {
      await queryClient.invalidateQueries({ queryKey: tipsKey });
      void navigate(paths.case(case_id));
    },
    onError: (error) => void message.error(pick(error.text)),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Card size="small" className="tip-clues" title={t('tip.referrals', { n: count(data.items.length) })}>
      <ul className="knowledge-rows">
        {data.items.map((one) => (
          <li key={`${one.tip_id} ${one.seq}`} className="publicity-row">
            <div className="publicity-words">
              <div>
                {one.tip_no} {one.fixmedins_name !== null && <>{one.fixmedins_name} </>}
                <span className="quiet number">{one.fixmedins_code}</span>{' '}
                <span className="quiet number">{one.on}</span>
              </div>
              <p className="break">{one.summary}</p>
            </div>
            <Button size="small" loading={open.isPending} onClick={() => open.mutate(one)}>
              {t('tip.open_case')}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
