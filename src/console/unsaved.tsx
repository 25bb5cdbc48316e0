/** What was typed and not sent is not thrown away unasked: not by Esc, not by a way out of the room, not by signing out, not by closing the page. */
import { App, Modal, type ModalProps } from 'antd';
import { createContext, type ReactNode, useContext, useEffect, useId, useRef, useState } from 'react';
import { useBlocker } from 'react-router';
import { useText } from './language.tsx';

interface Typed {
  /** Leaving the room sends it; only the end of the session or of the page would lose it. */
  readonly isSentOnLeaving: boolean;
}

/** What forms hold that was typed, by their ids. */
const Unsaved = createContext(new Map<string, Typed>());

/** Stands once around the rooms and the ways out of them: a router asks one blocker only. */
export function UnsavedProvider({ children }: { children: ReactNode }) {
  // One map for as long as it stands: forms put themselves in and out without drawing anything anew.
  const [typed] = useState(() => new Map<string, Typed>());
  const ask = useAsk();
  const isAsking = useRef(false);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      [...typed.values()].some(({ isSentOnLeaving }) => !isSentOnLeaving) &&
      currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== 'blocked' || isAsking.current) return;
    isAsking.current = true;
    ask((isLeaving) => {
      isAsking.current = false;
      if (isLeaving) blocker.proceed();
      else blocker.reset();
    });
  }, [blocker, ask]);
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent): void => {
      if (typed.size > 0) event.preventDefault();
    };
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [typed]);
  return <Unsaved value={typed}>{children}</Unsaved>;
}

/**
 * @param isTyped whether this form holds what was neither sent nor is being sent
 * @returns closes the form, after asking where something would be lost
 */
export function useUnsaved(isTyped: boolean, { isSentOnLeaving = false } = {}): (close: () => void) => void {
  const typed = useContext(Unsaved);
  const id = useId();
  const ask = useAsk();
  useEffect(() => {
    if (isTyped) typed.set(id, { isSentOnLeaving });
    return () => void typed.delete(id);
  }, [isTyped, isSentOnLeaving, typed, id]);
  return (close) => {
    if (!isTyped) return close();
    ask((isLeaving) => {
      if (!isLeaving) return;
      // What closes it may be a way to another address, which would ask again.
      typed.delete(id);
      close();
    });
  };
}

/** @returns ends the session, after asking where some form would lose something */
export function useEnding(): (end: () => void) => void {
  const typed = useContext(Unsaved);
  const ask = useAsk();
  return (end) => {
    if (typed.size === 0) return end();
    ask((isLeaving) => {
      // What was typed stays asked after for as long as it stands: the server may refuse.
      if (isLeaving) end();
    });
  };
}

function useAsk(): (answered: (isLeaving: boolean) => void) => void {
  const { modal } = App.useApp();
  const { t } = useText();
  return (answered) =>
    void modal.confirm({
      title: t('unsaved.title'),
      content: t('unsaved.text'),
      okText: t('unsaved.discard'),
      okButtonProps: { danger: true },
      cancelText: t('unsaved.keep'),
      autoFocusButton: 'cancel',
      onOk: () => answered(true),
      onCancel: () => answered(false),
    });
}

/** A dialog in which something is typed: a click beside it does nothing, and every other way out asks. */
export function TypedModal({
  isTyped,
  onClose,
  ...rest
}: Omit<ModalProps, 'onCancel' | 'mask'> & { isTyped: boolean; onClose: () => void }) {
  const leave = useUnsaved(isTyped);
  return <Modal {...rest} mask={{ closable: false }} onCancel={() => leave(onClose)} />;
}
