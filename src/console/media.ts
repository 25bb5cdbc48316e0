import { useSyncExternalStore } from 'react';

/** Widths in CSS pixels at which the layout changes; `style.css` uses the same. */
export const phoneMax = 767;
export const tabletMax = 1023;
export const narrowMax = 1279;
export const laptopMax = 1599;
/** Height of the bar at the top of a narrow window. */
export const barPx = 54;

/** Whether the window is at most this wide, from the first drawing on. */
export const useNarrow = (widthMax: number): boolean => useMedia(`(max-width: ${widthMax}px)`);

/** Whether the person asked their system for less movement. */
export const useStill = (): boolean => useMedia('(prefers-reduced-motion: reduce)');

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}
