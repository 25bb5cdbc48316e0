/** What stands around every room: brand, menu, language. On a narrow window the menu is a drawer. */
import { useQuery } from '@tanstack/react-query';
import { Badge, Button, Drawer, Menu } from 'antd';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Link, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { answersQuery } from './answers-api.ts';
import { count } from './format.ts';
import { BrandMark, MenuIcon } from './icons.tsx';
import { useText } from './language.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { useMay } from './me.tsx';
import { tabletMax, useNarrow } from './media.ts';
import { answersQueryOf, paths } from './paths.ts';
import { overviewQuery } from './queries.ts';
import { rooms } from './rooms.tsx';
import { RoomSkeleton } from './skeletons.tsx';
import { UnsavedProvider } from './unsaved.tsx';
import { UserMenu } from './user-menu.tsx';

export function Shell() {
  const { t } = useText();
  const isNarrow = useNarrow(tabletMax);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const isGoing = useNavigation().state !== 'idle';
  const main = useFocusOnEntering();
  return (
    <UnsavedProvider>
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
            <UserMenu isCompact />
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
              <UserMenu />
              <LanguageSwitch />
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
    </UnsavedProvider>
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

/** More does not fit beside the name of a room. */
const menuCountMax = 999;

function MenuCount({ n, of }: { n: number; of: string }) {
  const { t } = useText();
  const exact = t('menu.count', { of, n: count(n) });
  return (
    <span className="menu-badge" role="img" aria-label={exact}>
      <Badge count={n} overflowCount={menuCountMax} title={exact} />
    </span>
  );
}

/** So that the longest name of a room stands there as a whole. */
const menuIndentPx = 14;

function RoomsMenu({ onChoose }: { onChoose?: () => void }) {
  const { t } = useText();
  const { pathname } = useLocation();
  const may = useMay();
  const isCounted = may('overview.read') && may('quarantine.read');
  const quarantined = useQuery({ ...overviewQuery, enabled: isCounted }).data?.quarantined ?? 0;
  const isAnswering = may('answers.give');
  const waiting = useQuery({ ...answersQuery(answersQueryOf(new URLSearchParams())), enabled: isAnswering });
  const toAnswer = waiting.data?.counts.waiting ?? 0;
  const open = rooms.filter(({ needs }) => may(needs));
  const chosen = open.findLast(({ to }) =>
    to === paths.overview() ? pathname === to : pathname.startsWith(to),
  );
  return (
    <Menu
      mode="inline"
      inlineIndent={menuIndentPx}
      selectedKeys={chosen === undefined ? [] : [chosen.key]}
      {...(onChoose === undefined ? {} : { onClick: onChoose })}
      items={open.map(({ key, to, Icon }) => ({
        key,
        icon: <Icon />,
        label: (
          <Link to={to} className="menu-link">
            {t(`room.${key}`)}
            {key === 'answers' && toAnswer > 0 && <MenuCount n={toAnswer} of={t('answer.tab.waiting')} />}
            {key === 'quarantine' && isCounted && quarantined > 0 && (
              <MenuCount n={quarantined} of={t('overview.quarantined')} />
            )}
          </Link>
        ),
      }))}
    />
  );
}
