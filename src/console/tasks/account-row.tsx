import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import type { EntriesFound } from '../../inspection/on-site-contract.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { taskApi, tasksKey } from '../task-api.ts';

/** One inspector with the account they sign in by; empty takes the link away. */
export function AccountRow({
  entry: { id, name, about, account },
}: {
  entry: EntriesFound['items'][number];
}) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [login, setLogin] = useState(account ?? '');
  const link = useMutation({
    mutationFn: () => taskApi.link(id, login.trim() === '' ? null : login.trim()),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tasksKey }),
  });
  const isSame = login.trim() === (account ?? '');
  return (
    <li>
      <div>
        <b>{name}</b>
        <div className="quiet break">
          {id} · {about}
        </div>
        {link.error !== null && <Failure error={link.error} />}
      </div>
      <div className="knowledge-acts">
        <Input
          aria-label={t('check.account_of', { name })}
          placeholder={t('check.account')}
          value={login}
          onChange={({ target }) => setLogin(target.value)}
        />
        <Button disabled={isSame} loading={link.isPending} onClick={() => link.mutate()}>
          {t('check.keep')}
        </Button>
      </div>
    </li>
  );
}
