import { Form, Input } from 'antd';
import { loginPattern } from '../../people/contract.ts';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { peopleApi } from '../people-api.ts';
import { accountsQuery } from '../queries.ts';
import { AccountFields, type AccountFieldsTyped, placeOf } from './account-fields.tsx';
import { MakeModal } from './make-modal.tsx';

type Typed = AccountFieldsTyped & { readonly login: string };

export function NewAccountModal({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useText();
  const { area } = useMe();
  return (
    <MakeModal
      isOpen={isOpen}
      title={t('people.new')}
      initialValues={{ area, role: 'inspector' }}
      make={(typed: Typed) => peopleApi.createAccount({ login: typed.login, ...placeOf(typed) })}
      list={accountsQuery.queryKey}
      shown={({ login, password }) => ({ title: t('people.created', { login }), secret: password })}
      onClose={onClose}
    >
      <Form.Item
        label={t('people.login')}
        name="login"
        extra={t('people.login_hint')}
        rules={[{ required: true, pattern: loginPattern, message: t('people.login_form') }]}
      >
        <Input maxLength={40} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <AccountFields />
    </MakeModal>
  );
}
