/** What an account is given by an administrator: in the form for a new one and in that of an old one. */
import { Form, Input, Select } from 'antd';
import type { Role } from '../../people/permissions.ts';
import { areaPattern, roles } from '../../people/permissions.ts';
import { AreaInput } from '../area-name.tsx';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';

export interface AccountFieldsTyped {
  readonly display_name: string;
  readonly role: Role;
  readonly area: string;
  readonly fixmedins_code?: string;
}

/** What the API takes: an institution has a code, and nobody else does. */
export const placeOf = ({ display_name, role, area, fixmedins_code }: AccountFieldsTyped) => ({
  display_name: display_name.trim(),
  role,
  area,
  fixmedins_code: role === 'institution' ? (fixmedins_code ?? '').trim() : null,
});

export function AccountFields({ isFixed = false }: { isFixed?: boolean }) {
  const { t } = useText();
  const { area } = useMe();
  const role = Form.useWatch('role');
  return (
    <>
      <Form.Item
        label={t('people.display_name')}
        name="display_name"
        rules={[{ required: true, whitespace: true, message: t('people.needed') }]}
      >
        <Input maxLength={60} disabled={isFixed} />
      </Form.Item>
      <Form.Item
        label={t('people.role')}
        name="role"
        rules={[{ required: true, message: t('people.needed') }]}
      >
        <Select
          disabled={isFixed}
          options={roles.map((each) => ({ value: each, label: t(`people.role.${each}`) }))}
        />
      </Form.Item>
      <Form.Item
        label={t('people.area')}
        name="area"
        extra={t('people.area_hint')}
        rules={[{ required: true, pattern: areaPattern, message: t('people.area_form') }]}
      >
        <AreaInput city={area} disabled={isFixed} />
      </Form.Item>
      {role === 'institution' && (
        <Form.Item
          label={t('field.fixmedins_code')}
          name="fixmedins_code"
          rules={[{ required: true, whitespace: true, message: t('people.needed') }]}
        >
          <Input maxLength={30} disabled={isFixed} />
        </Form.Item>
      )}
    </>
  );
}
