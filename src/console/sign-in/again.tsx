/**
 * A session that ended while somebody was in a room: they sign in again over it, and what they typed is still there. The browser's own
 * modal dialog, because it lies over every other one and leaves nothing behind it to be read, reached or found.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';
import type { Me } from '../../people/contract.ts';
import { useText } from '../language.tsx';
import { apiPaths, paths } from '../paths.ts';
import { meQuery } from '../queries.ts';
import { SignInForm } from './form.tsx';
import { SignInFrame } from './frame.tsx';

export function SignInAgain({ me }: { me: Me }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    shown?.querySelector<HTMLElement>('[type="password"]')?.focus();
    // Closed before it goes: then the browser leads back to where somebody was typing.
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="sign-in-again"
      aria-label={t('sign_in.again')}
      onCancel={(event) => event.preventDefault()}
      // Browsers close on a second Esc whatever is said above.
      onClose={({ currentTarget }) => {
        if (currentTarget.isConnected && !currentTarget.open) currentTarget.showModal();
      }}
    >
      <SignInFrame title={t('sign_in.again')}>
        <p className="sign-in-note">{t('sign_in.again_note', { name: me.display_name })}</p>
        <SignInForm
          login={me.login}
          // In a window of its own: leaving this one would lose what was typed.
          provider={{ href: apiPaths.provider(paths.overview()), target: '_blank' }}
          onSignedIn={(signedIn) => queryClient.setQueryData(meQuery.queryKey, signedIn)}
        />
      </SignInFrame>
    </dialog>
  );
}
