/** 人员与权限: the accounts, and what administrators do with them. */
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Table, Tag } from 'antd';
import { useState } from 'react';
import type { AccountRow } from '../../people/contract.ts';
import { AreaName, useAreaName } from '../area-name.tsx';
import { Asked } from '../asked.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { accountsQuery } from '../queries.ts';
import { AccountDrawer } from './account-drawer.tsx';
import { NewAccountModal } from './new-account.tsx';

const skeletonRows = 8;
const pageSize = 50;

export function PeopleRoom() {
  const { t } = useText();
  const nameOf = useAreaName();
  const mayManage = useMay()('people.manage');
  const isPhone = useNarrow(phoneMax);
  const asked = useQuery(accountsQuery);
  const { data } = asked;
  const [search, setSearch] = useState('');
  const [isMaking, setMaking] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const wanted = search.trim().toLowerCase();
  const shown = (data?.accounts ?? []).filter((account) =>
    [
      account.login,
      account.display_name,
      account.area,
      nameOf(account.area),
      account.fixmedins_code ?? '',
      t(`people.role.${account.role}`),
    ].some((text) => text.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <PageHead
        title={t('room.people')}
        note={data !== undefined && t('people.total', { n: count(data.accounts.length) })}
        extra={
          <Button
            type="primary"
            disabled={!mayManage}
            title={mayManage ? undefined : t('state.forbidden')}
            onClick={() => setMaking(true)}
          >
            {t('people.new')}
          </Button>
        }
      />
      <div className="filter-bar">
        <Input
          className="rules-search"
          allowClear
          aria-label={t('people.search')}
          placeholder={t('people.search')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <Asked of={asked} rows={skeletonRows}>
        {() =>
          isPhone ? (
            <AccountCards accounts={shown} onChoose={setChosen} />
          ) : (
            <AccountTable accounts={shown} onChoose={setChosen} />
          )
        }
      </Asked>
      <NewAccountModal isOpen={isMaking} onClose={() => setMaking(false)} />
      <AccountDrawer
        account={data?.accounts.find(({ login }) => login === chosen)}
        onClose={() => setChosen(null)}
      />
    </>
  );
}

interface Shown {
  readonly accounts: readonly AccountRow[];
  readonly onChoose: (login: string) => void;
}

function States({ account }: { account: AccountRow }) {
  const { t } = useText();
  return (
    <>
      {account.state === 'disabled' && <Tag color="error">{t('people.state.disabled')}</Tag>}
      {account.demo && <Tag>{t('people.demo')}</Tag>}
      {account.must_change_password && <Tag color="warning">{t('people.must_change')}</Tag>}
      {account.has_second_factor && <Tag color="success">{t('people.has_factor')}</Tag>}
    </>
  );
}

function AccountTable({ accounts, onChoose }: Shown) {
  const { t } = useText();
  return (
    <Table<AccountRow>
      size="small"
      rowKey="login"
      dataSource={[...accounts]}
      pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 860 }}
      rowClassName={({ state }) => (state === 'disabled' ? 'row row-quiet' : 'row')}
      onRow={({ login }) => ({ onClick: () => onChoose(login) })}
      columns={[
        {
          title: t('people.login'),
          width: 210,
          render: (_, { login }) => (
            <button type="button" className="link-button break" onClick={() => onChoose(login)}>
              {login}
            </button>
          ),
        },
        { title: t('people.display_name'), width: 170, dataIndex: 'display_name', className: 'break' },
        { title: t('people.role'), width: 150, render: (_, { role }) => t(`people.role.${role}`) },
        {
          title: t('people.area'),
          width: 150,
          render: (_, account) => <Place account={account} />,
        },
        {
          title: t('people.signed_in_at'),
          width: 160,
          className: 'number',
          render: (_, { signed_in_at }) =>
            signed_in_at === null ? (
              <span className="quiet">{t('people.never')}</span>
            ) : (
              instant(signed_in_at)
            ),
        },
        { title: t('field.state'), render: (_, account) => <States account={account} /> },
      ]}
    />
  );
}

/** An institution is where it is; everybody else answers for an area. */
const Place = ({ account: { area, fixmedins_code } }: { account: AccountRow }) =>
  fixmedins_code === null ? <AreaName code={area} /> : <span className="number">{fixmedins_code}</span>;

function AccountCards({ accounts, onChoose }: Shown) {
  const { t } = useText();
  return (
    <ul className="finding-cards">
      {accounts.map((account) => (
        <li key={account.login}>
          <button type="button" className="card-button" onClick={() => onChoose(account.login)}>
            <span className="finding-card-head">
              <span className="finding-name break">{account.login}</span>
              <span>{t(`people.role.${account.role}`)}</span>
            </span>
            <span className="quiet finding-card-foot">
              <span className="break">{account.display_name}</span>
              <Place account={account} />
            </span>
            <States account={account} />
          </button>
        </li>
      ))}
    </ul>
  );
}
