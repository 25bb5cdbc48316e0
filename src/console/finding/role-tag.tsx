import { Tag } from 'antd';
import type { roles } from '../../screening/contract.ts';
import { useText } from '../language.tsx';

export function RoleTag({ role }: { role: (typeof roles)[number] }) {
  const { t } = useText();
  return role === '违规项' ? (
    <Tag className="verdict verdict-violation">{t('role.violating')}</Tag>
  ) : (
    <Tag className="verdict verdict-involved">{t('role.involved')}</Tag>
  );
}
