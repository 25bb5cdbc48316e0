/** Whether somebody sits before the page: by the keys and the pointer, not by what the page does on its own. */

const idleAfterMs = 60_000;

let touchedAt = Date.now();
const touch = (): void => {
  touchedAt = Date.now();
};

for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
  window.addEventListener(name, touch, { passive: true, capture: true });

export const isIdle = (): boolean => Date.now() - touchedAt > idleAfterMs;
