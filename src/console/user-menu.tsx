/** Who is signed in, and the way to their own account and out. */
import { useMutation } from '@tanstack/react-query';
import { App, Button, Dropdown } from 'antd';
import { Link } from 'react-router';
import { PersonIcon } from './icons.tsx';
import { useText } from './language.tsx';
import { useForgetEverything, useMe } from './me.tsx';
import { paths } from './paths.ts';
import { peopleApi } from './people-api.ts';
import { useEnding } from './unsaved.tsx';

export function UserMenu({ isCompact = false }: { isCompact?: boolean }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const me = useMe();
  const forget = useForgetEverything();
  const ending = useEnding();
  const signOut = useMutation({
    mutationFn: async (isEverywhere: boolean) => {
      await (isEverywhere ? peopleApi.signOutEverywhere() : peopleApi.signOut());
    },
    onSuccess: () => forget(null),
    onError: (error) => void message.error(pick(error.text)),
  });
  const leave = (isEverywhere: boolean): void => ending(() => signOut.mutate(isEverywhere));
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'profile', label: <Link to={paths.profile()}>{t('room.profile')}</Link> },
          { type: 'divider' },
          { key: 'out', label: t('user.sign_out'), onClick: () => leave(false) },
          { key: 'everywhere', label: t('user.sign_out_everywhere'), onClick: () => leave(true) },
        ],
      }}
    >
      <Button type="text" className="user-button" aria-label={t('user.menu')} loading={signOut.isPending}>
        <PersonIcon />
        {!isCompact && (
          <span className="user-words">
            <span className="one-line">{me.display_name}</span>
            <span className="quiet one-line">{t(`people.role.${me.role}`)}</span>
          </span>
        )}
      </Button>
    </Dropdown>
  );
}
