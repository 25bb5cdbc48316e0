/** What stands around every room: brand, menu, language. On a narrow window the menu is a drawer. */
import { useQuery } from '@tanstack/react-query';
import { Badge, Button, Drawer, Menu, Segmented } from 'antd';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Link, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { count } from './format.ts';
import {
  AuditIcon,
  BrandMark,
  FindingsIcon,
  MenuIcon,
  OverviewIcon,
  QuarantineIcon,
  RulesIcon,
} from './icons.tsx';
import { type Language, useChooseLanguage, useText } from './language.tsx';
import { tabletMax, useNarrow } from './media.ts';
import { paths } from './paths.ts';
import { overviewQuery } from './queries.ts';
import { RoomSkeleton } from './skeletons.tsx';

export function Shell() {
  const { t } = useText();
  const isNarrow = useNarrow(tabletMax);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const isGoing = useNavigation().state !== 'idle';
  const main = useFocusOnEntering();
  return (
    <div className={isNarrow ? 'shell shell-narrow' : 'shell'}>
      <a className="skip-link" href="#room">
        {t('shell.skip')}
      </a>
      {isNarrow ? (
        <header className="top-bar">
          <Button
            type="text"
            aria-label={t('shell.menu')}
            icon={<MenuIcon />}
            onClick={() => setMenuOpen(true)}
          />
          <Brand />
          <LanguageSwitch />
          <Drawer
            open={isMenuOpen}
            onClose={() => setMenuOpen(false)}
            placement="left"
            size={264}
            title={<Brand />}
            styles={{ body: { padding: 8 } }}
          >
            <RoomsMenu onChoose={() => setMenuOpen(false)} />
          </Drawer>
        </header>
      ) : (
        <aside className="side">
          <Brand />
          <nav aria-label={t('shell.menu')}>
            <RoomsMenu />
          </nav>
          <div className="side-foot">
            <LanguageSwitch />
            <p>{t('brand.slogan')}</p>
          </div>
        </aside>
      )}
      <main id="room" ref={main} className={isGoing ? 'room room-going' : 'room'} tabIndex={-1}>
        <Suspense fallback={<RoomSkeleton />}>
          <Outlet />
        </Suspense>
      </main>
      <ScrollRestoration />
    </div>
  );
}

/** Who enters a room by the menu goes on in the room: keys and screen readers follow. The first room is where the page begins anyway. */
function useFocusOnEntering() {
  const main = useRef<HTMLElement>(null);
  const [, room] = useLocation().pathname.split('/');
  const entered = useRef(room);
  useEffect(() => {
    if (entered.current === room) return;
    entered.current = room;
    main.current?.focus({ preventScroll: true });
  }, [room]);
  return main;
}

function Brand() {
  const { t } = useText();
  return (
    <Link to={paths.overview()} className="brand">
      <BrandMark />
      <span className="brand-words">
        <span className="brand-name">{t('brand.name')}</span>
        <span className="brand-sub">{t('brand.sub')}</span>
      </span>
    </Link>
  );
}

function RoomsMenu({ onChoose }: { onChoose?: () => void }) {
  const { t } = useText();
  const { pathname } = useLocation();
  const quarantined = useQuery(overviewQuery).data?.quarantined ?? 0;
  const rooms = [
    { key: 'overview', to: paths.overview(), icon: <OverviewIcon />, label: t('room.overview') },
    { key: 'findings', to: paths.findings(), icon: <FindingsIcon />, label: t('room.findings') },
    { key: 'quarantine', to: paths.quarantine(), icon: <QuarantineIcon />, label: t('room.quarantine') },
    { key: 'rules', to: paths.rules(), icon: <RulesIcon />, label: t('room.rules') },
    { key: 'audit', to: paths.audit(), icon: <AuditIcon />, label: t('room.audit') },
  ];
  const chosen = rooms.findLast(({ to }) =>
    to === paths.overview() ? pathname === to : pathname.startsWith(to),
  );
  return (
    <Menu
      mode="inline"
      selectedKeys={chosen === undefined ? [] : [chosen.key]}
      {...(onChoose === undefined ? {} : { onClick: onChoose })}
      items={rooms.map(({ key, to, icon, label }) => ({
        key,
        icon,
        label: (
          <Link to={to} className="menu-link">
            {label}
            {key === 'quarantine' && quarantined > 0 && (
              <Badge count={count(quarantined)} className="menu-badge" title={t('overview.quarantined')} />
            )}
          </Link>
        ),
      }))}
    />
  );
}

const isLanguage = (value: string): value is Language => value === 'zh' || value === 'en';

function LanguageSwitch() {
  const { language, t } = useText();
  const choose = useChooseLanguage();
  return (
    <Segmented
      className="language-switch"
      size="small"
      aria-label={t('shell.language')}
      value={language}
      onChange={(value) => {
        if (isLanguage(value)) choose(value);
      }}
      options={[
        // Each language is named in itself, so that somebody who reads only one of them finds it.
        { value: 'zh', label: <span lang="zh-CN">{t('language.zh')}</span> },
        { value: 'en', label: <span lang="en">{t('language.en')}</span> },
      ]}
    />
  );
}
