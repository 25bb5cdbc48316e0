import { Checkbox, Form, Input, InputNumber } from 'antd';
import { keyDaysMax } from '../../people/contract.ts';
import { type Scope, scopes } from '../../people/permissions.ts';
import { useText } from '../language.tsx';
import { peopleApi } from '../people-api.ts';
import { MakeModal } from '../people/make-modal.tsx';
import { keysQuery } from '../queries.ts';

const daysDefault = 365;

interface Typed {
  readonly name: string;
  readonly scopes: Scope[];
  readonly fixmedins_code?: string;
  readonly days: number;
}

export function NewKeyModal({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useText();
  return (
    <MakeModal
      isOpen={isOpen}
      title={t('keys.new')}
      initialValues={{ days: daysDefault }}
      make={({ fixmedins_code, ...typed }: Typed) => {
        const code = (fixmedins_code ?? '').trim();
        return peopleApi.createKey({ ...typed, fixmedins_code: code === '' ? null : code });
      }}
      list={keysQuery.queryKey}
      shown={({ key, token }) => ({ title: t('keys.created', { name: key.name }), secret: token })}
      onClose={onClose}
    >
      <Form.Item
        label={t('keys.name')}
        name="name"
        extra={t('keys.name_hint')}
        rules={[{ required: true, whitespace: true, message: t('people.needed') }]}
      >
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item
        label={t('keys.scopes')}
        name="scopes"
        rules={[{ required: true, message: t('people.needed') }]}
      >
        <Checkbox.Group
          options={scopes.map((scope) => ({ value: scope, label: t(`keys.scope.${scope}`) }))}
        />
      </Form.Item>
      <Form.Item label={t('field.fixmedins_code')} name="fixmedins_code" extra={t('keys.institution_hint')}>
        <Input maxLength={30} />
      </Form.Item>
      <Form.Item label={t('keys.days')} name="days" rules={[{ required: true, message: t('people.needed') }]}>
        <InputNumber min={1} max={keyDaysMax} precision={0} />
      </Form.Item>
    </MakeModal>
  );
}
