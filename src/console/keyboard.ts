import { useEffect, useEffectEvent } from 'react';

/** Keys pressed while nothing that takes keys itself has the focus. The handler says whether it used the key. */
export function useKeys(handle: (key: string) => boolean): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (isTaken(event)) return;
    if (handle(event.key)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

const takesText =
  'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="menu"]';
const takesEnter = 'button, a[href], summary, [tabindex="0"]';

function isTaken(event: KeyboardEvent): boolean {
  // An open drawer or dialog owns the keyboard.
  if ([...document.querySelectorAll('[role="dialog"]')].some((dialog) => dialog.checkVisibility()))
    return true;
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (target.closest(takesText) !== null) return true;
  return (event.key === 'Enter' || event.key === ' ') && target.closest(takesEnter) !== null;
}
