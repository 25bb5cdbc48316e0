/** By which account an inspector of the directory signs in: without it nothing is “mine”. */
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import type { EntriesFound } from '../../inspection/on-site-contract.ts';
import { Asked } from '../asked.tsx';
import { useText } from '../language.tsx';
import { entriesQuery } from '../task-api.ts';
import { AccountRow } from './account-row.tsx';

const skeletonRows = 4;

export function AccountsModal({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useText();
  return (
    <Modal
      open={isOpen}
      title={t('check.accounts')}
      footer={<Button onClick={onClose}>{t('check.close')}</Button>}
      onCancel={onClose}
      destroyOnHidden
    >
      <Found />
    </Modal>
  );
}

function Found() {
  const { t } = useText();
  const [text, setText] = useState('');
  return (
    <div className="stack">
      <p className="quiet">{t('check.accounts_note')}</p>
      <Input.Search
        aria-label={t('check.find_inspector')}
        placeholder={t('check.find_inspector')}
        allowClear
        onSearch={setText}
      />
      <Asked of={useQuery(entriesQuery('inspectors', text))} rows={skeletonRows}>
        {({ items }) => <Rows items={items} />}
      </Asked>
    </div>
  );
}

function Rows({ items }: { items: EntriesFound['items'] }) {
  const { t } = useText();
  return (
    <ul className="draw-directories check-accounts">
      {items.map((entry) => (
        <AccountRow key={`${entry.id} ${entry.account ?? ''}`} entry={entry} />
      ))}
      {items.length === 0 && <li className="quiet">{t('check.no_entries')}</li>}
    </ul>
  );
}
