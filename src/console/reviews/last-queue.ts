/** The queue that somebody came from: its page leads back to it, and a finding to the one after it. Kept while the page is open. */

let last: { readonly address: string; readonly findings: readonly string[] } | null = null;

export function rememberQueue(address: string, findings: readonly string[]): void {
  last = { address, findings };
}

/** `null`: nobody came from a queue. */
export const lastQueue = (): string | null => last?.address ?? null;

/** The one after it as the queue was drawn, whatever has left it since; `null`: there is none. */
export function nextInQueue(findingId: string): string | null {
  const place = last?.findings.indexOf(findingId) ?? -1;
  return place === -1 ? null : (last?.findings[place + 1] ?? null);
}
