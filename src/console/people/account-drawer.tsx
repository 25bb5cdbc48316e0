import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Popconfirm, Switch } from 'antd';
import { useState } from 'react';
import type { AccountRow } from '../../people/contract.ts';
import { Failure } from '../failure.tsx';
import { instant } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { peopleApi } from '../people-api.ts';
import { accountsQuery } from '../queries.ts';
import { AccountFields, type AccountFieldsTyped, placeOf } from './account-fields.tsx';
import { useUnsaved } from '../unsaved.tsx';
import { ShownOnce } from './shown-once.tsx';

export function AccountDrawer({
  account,
  onClose,
}: {
  account: AccountRow | undefined;
  onClose: () => void;
}) {
  const { t } = useText();
  const [isTyped, setTyped] = useState(false);
  const leave = useUnsaved(isTyped && account !== undefined);
  return (
    <Drawer
      open={account !== undefined}
      onClose={() => leave(onClose)}
      afterOpenChange={() => setTyped(false)}
      size="min(520px, 100vw)"
      title={account?.login ?? t('people.login')}
      destroyOnHidden
    >
      {account !== undefined && (
        <Content key={account.login} account={account} onTyped={setTyped} onDone={onClose} />
      )}
    </Drawer>
  );
}

type Typed = AccountFieldsTyped & { readonly isActive: boolean };

function Content({
  account,
  onTyped,
  onDone,
}: {
  account: AccountRow;
  onTyped: (isTyped: boolean) => void;
  onDone: () => void;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const mayManage = useMay()('people.manage');
  const isFixed = account.demo || !mayManage;
  const why = !mayManage ? t('state.forbidden') : account.demo ? t('people.demo_fixed') : undefined;
  const refresh = () => queryClient.invalidateQueries({ queryKey: accountsQuery.queryKey });
  const change = useMutation({
    mutationFn: (typed: Typed) =>
      peopleApi.changeAccount(account.login, {
        ...placeOf(typed),
        state: typed.isActive ? 'active' : 'disabled',
      }),
    onSuccess: async () => {
      onTyped(false);
      void message.success(t('people.changed'));
      await refresh();
      onDone();
    },
  });
  const reset = useMutation({
    mutationFn: () => peopleApi.resetPassword(account.login),
    onSuccess: refresh,
  });
  const unfactor = useMutation({
    mutationFn: () => peopleApi.resetSecondFactor(account.login),
    onSuccess: async () => {
      void message.success(t('people.changed'));
      await refresh();
    },
  });
  const failed = change.error ?? reset.error ?? unfactor.error;
  return (
    <div className="stack">
      {why !== undefined && <Alert type="info" showIcon title={why} />}
      {reset.data !== undefined && <ShownOnce title={t('people.reset_done')} secret={reset.data.password} />}
      {failed !== null && <Failure error={failed} />}
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{
          display_name: account.display_name,
          role: account.role,
          area: account.area,
          fixmedins_code: account.fixmedins_code ?? undefined,
          isActive: account.state === 'active',
        }}
        onValuesChange={() => onTyped(true)}
        onFinish={(typed: Typed) => change.mutate(typed)}
      >
        <AccountFields isFixed={isFixed} />
        <Form.Item label={t('people.may_sign_in')} name="isActive" valuePropName="checked">
          <Switch disabled={isFixed} />
        </Form.Item>
        <Button type="primary" htmlType="submit" disabled={isFixed} title={why} loading={change.isPending}>
          {t('people.save')}
        </Button>
        <p className="quiet">{t('people.sessions_end')}</p>
      </Form>
      <div className="entry-actions">
        <Popconfirm title={t('people.reset_sure')} disabled={isFixed} onConfirm={() => reset.mutate()}>
          <Button disabled={isFixed} title={why} loading={reset.isPending}>
            {t('people.reset_password')}
          </Button>
        </Popconfirm>
        <Popconfirm
          title={t('people.unfactor_sure')}
          disabled={isFixed || !account.has_second_factor}
          onConfirm={() => unfactor.mutate()}
        >
          <Button
            disabled={isFixed || !account.has_second_factor}
            title={why ?? (account.has_second_factor ? undefined : t('people.no_factor'))}
            loading={unfactor.isPending}
          >
            {t('people.reset_second_factor')}
          </Button>
        </Popconfirm>
      </div>
      <p className="quiet">{t('people.created_at', { time: instant(account.created_at) })}</p>
    </div>
  );
}
