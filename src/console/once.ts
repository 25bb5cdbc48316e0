import { useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';

/** Of two clicks in a row the first counts: that something is on its way shows on the button only after the second. */
export function useOnce(): {
  /** Of the mutation that is to be sent once at a time. */
  readonly mutationKey: readonly string[];
  readonly isFree: () => boolean;
} {
  const queryClient = useQueryClient();
  const mutationKey = ['once', useId()];
  return { mutationKey, isFree: () => queryClient.isMutating({ mutationKey }) === 0 };
}
