/**
 * What somebody wrote and the server does not have yet, in this browser's own database: it outlives a lost connection, a closed page and an
 * empty battery, and is removed as soon as it was sent. Where storage is forbidden it lasts as long as the page.
 */
const databaseName = 'fundwatch-drafts';
const storeName = 'kept';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(databaseName, 1);
    asked.addEventListener('upgradeneeded', () => asked.result.createObjectStore(storeName));
    asked.addEventListener('success', () => resolve(asked.result));
    asked.addEventListener('error', () => reject(asked.error ?? new Error('no storage')));
  });
}

async function within<Result>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result | null> {
  try {
    const database = await opened();
    return await new Promise<Result>((resolve, reject) => {
      const asked = work(database.transaction(storeName, mode).objectStore(storeName));
      asked.addEventListener('success', () => resolve(asked.result));
      asked.addEventListener('error', () => reject(asked.error ?? new Error('no storage')));
    }).finally(() => database.close());
  } catch {
    return null;
  }
}

/** Keys that begin with it: the last of them is before the last character there is. */
const beginningWith = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

export const kept = {
  /** Values under keys that begin with `prefix`, in the order of the keys. */
  read: async (prefix: string): Promise<readonly unknown[]> =>
    (await within('readonly', (store): IDBRequest<unknown[]> => store.getAll(beginningWith(prefix)))) ?? [],
  write: async (key: string, value: unknown): Promise<void> => {
    await within('readwrite', (store) => store.put(value, key));
  },
  remove: async (key: string): Promise<void> => {
    await within('readwrite', (store): IDBRequest<undefined> => store.delete(key));
  },
  /** Everything under keys that begin with `prefix`. */
  forget: async (prefix: string): Promise<void> => {
    await within('readwrite', (store): IDBRequest<undefined> => store.delete(beginningWith(prefix)));
  },
} as const;
