/** The finding that was open last in this tab, so that coming back to the list finds its row again. An id is no personal data. */
const storageKey = 'fundwatch.finding';

export function rememberOpened(findingId: string): void {
  try {
    sessionStorage.setItem(storageKey, findingId);
  } catch {
    // A browser that forbids storage loses the mark, nothing else.
  }
}

export function lastOpened(): string | null {
  try {
    return sessionStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
