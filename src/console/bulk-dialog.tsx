/** A dialog that does one thing with a selection: what is sent, what became of each, and the end of it. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { App, type ModalProps } from 'antd';
import { type ReactNode, useState } from 'react';
import { Failure } from './failure.tsx';
import { count } from './format.ts';
import { useText } from './language.tsx';
import { useOnce } from './once.ts';
import { TypedModal } from './unsaved.tsx';

interface Answered {
  readonly done: number;
  readonly answers: readonly unknown[];
}

/** @returns the selection as it was when it was sent, since what is done with leaves the list under the dialog; and what `BulkDialog` shows */
export function useBulk<Item, Sent extends Answered>({
  selected,
  changes,
  send,
  said,
  onClose,
}: {
  selected: readonly Item[];
  /** What has to be asked for again when the dialog closes. */
  changes: readonly QueryKey[];
  send: (items: readonly Item[]) => Promise<Sent>;
  /** What is said when all of them were done; absent: how many that were. */
  said?: (sent: Sent) => string;
  /** @param isSent to those of the selection with whom it could be done */
  onClose: (isSent: boolean) => void;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [given, setGiven] = useState<readonly Item[] | null>(null);
  const items = given ?? selected;
  const { mutationKey, isFree } = useOnce();
  const act = useMutation({
    mutationKey,
    mutationFn: () => {
      setGiven(items);
      return send(items);
    },
    onSuccess: (sent) => {
      const { done, answers } = sent;
      if (done < answers.length) return;
      void message.success(
        said?.(sent) ?? t('review.bulk_done', { n: count(done), of: count(answers.length) }),
      );
      close(true);
    },
  });
  const close = (isSent: boolean): void => {
    act.reset();
    setGiven(null);
    // Not before: the list may be empty then, and with it goes what the dialog has to say.
    for (const queryKey of changes) void queryClient.invalidateQueries({ queryKey });
    onClose(isSent);
  };
  const start = (): void => {
    if (isFree()) act.mutate();
  };
  return { items, act, start, close, sent: act.data };
}

export function BulkDialog<Item, Sent extends Answered>({
  bulk: { act, start, close, sent },
  isTyped = false,
  isReady = true,
  okButtonProps,
  outcome,
  children,
  ...rest
}: Pick<ModalProps, 'open' | 'title' | 'okText' | 'okButtonProps'> & {
  bulk: ReturnType<typeof useBulk<Item, Sent>>;
  isTyped?: boolean;
  /** `false`: something that is sent with it is missing. */
  isReady?: boolean;
  /** What became of each, once it was sent. */
  outcome: ReactNode;
  children: ReactNode;
}) {
  const isDone = sent !== undefined;
  return (
    <TypedModal
      {...rest}
      isTyped={isTyped && !act.isPending && !isDone}
      okButtonProps={{ ...okButtonProps, disabled: !isReady || isDone, loading: act.isPending }}
      onOk={start}
      onClose={() => close(isDone)}
    >
      <div className="stack">
        {children}
        {act.error !== null && <Failure error={act.error} />}
        {outcome}
      </div>
    </TypedModal>
  );
}
