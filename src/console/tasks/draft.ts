/**
 * The answers and photos of a check on their way to the server: kept in this browser first, sent a moment later, again and again while there is
 * no connection. An answer that a colleague wrote over meanwhile waits until somebody chooses.
 */
import { z } from 'zod';
import {
  type AnswersGiven,
  type AnswersSaved,
  answersGivenSchema,
  type Verdict,
  verdicts,
} from '../../inspection/on-site-contract.ts';
import { ApiError } from '../api.ts';
import { kept } from './kept.ts';

const sendAfterMs = 700;
const tryAgainMs = 5_000;

const draftAnswerSchema = z.object({
  item: z.string(),
  verdict: z.enum(verdicts).nullable().describe('null: not chosen yet, and not sent'),
  fen: z.int().nullable(),
  note: z.string(),
  seen: z.int().nullable(),
});
export type DraftAnswer = z.infer<typeof draftAnswerSchema>;

const pendingPhotoSchema = z.object({ id: z.string(), item: z.string(), file: z.instanceof(Blob) });
export type PendingPhoto = z.infer<typeof pendingPhotoSchema>;

export interface DraftState {
  readonly answers: ReadonlyMap<string, DraftAnswer>;
  /** Items that somebody else answered meanwhile. */
  readonly conflicts: ReadonlySet<string>;
  readonly photos: readonly PendingPhoto[];
  readonly isSending: boolean;
  readonly isOffline: boolean;
  /** What the server did not take, and why. */
  readonly error: ApiError | null;
}

export interface Draft {
  readonly subscribe: (changed: () => void) => () => void;
  readonly state: () => DraftState;
  readonly answer: (answer: DraftAnswer) => void;
  /** After a conflict: sends it over what the colleague wrote, or gives it up. */
  readonly keepMine: (item: string, seen: number) => void;
  readonly takeTheirs: (item: string) => void;
  readonly photo: (item: string, file: Blob) => void;
  readonly dropPhoto: (id: string) => void;
  /** Reads what is kept, and sends from now on; the answer ends that. */
  readonly open: () => () => void;
}

type Whole = AnswersGiven['answers'][number];
const isWhole = (answer: DraftAnswer): answer is DraftAnswer & { verdict: Verdict } =>
  answer.verdict !== null;
/** Tried again by itself; everything else is for the person. */
const isPassing = (error: ApiError): boolean =>
  error.status === null || error.status === 429 || error.status >= 500;

/** Of the person and the task: nobody reads what somebody else wrote at the same machine. */
export const draftKey = (login: string, taskId: number): string => `${login}/${taskId}/`;

/** @param key see `draftKey` */
export function draftOf(
  key: string,
  {
    save,
    addPhoto,
  }: {
    readonly save: (answers: Whole[]) => Promise<AnswersSaved>;
    readonly addPhoto: (item: string, file: Blob) => Promise<unknown>;
  },
): Draft {
  let state: DraftState = {
    answers: new Map(),
    conflicts: new Set(),
    photos: [],
    isSending: false,
    isOffline: false,
    error: null,
  };
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOpen = false;
  const answerKey = (item: string): string => `${key}answer/${item}`;
  const photoKey = (id: string): string => `${key}photo/${id}`;

  const set = (changed: Partial<DraftState>): void => {
    state = { ...state, ...changed };
    for (const listener of listeners) listener();
  };
  const sendIn = (ms: number): void => {
    clearTimeout(timer);
    if (isOpen) timer = setTimeout(() => void send(), ms);
  };
  const without = (items: Iterable<string>): Map<string, DraftAnswer> => {
    const left = new Map(state.answers);
    for (const item of items) {
      left.delete(item);
      void kept.remove(answerKey(item));
    }
    return left;
  };
  const settled = (items: readonly string[]): ReadonlySet<string> =>
    new Set([...state.conflicts].filter((item) => !items.includes(item)));

  async function sendAnswers(): Promise<void> {
    const sent = [...state.answers.values()].filter(
      (answer) => isWhole(answer) && !state.conflicts.has(answer.item),
    );
    const given = answersGivenSchema.safeParse({ answers: sent });
    if (!given.success) return;
    const { conflicts } = await save(given.data.answers);
    // What was typed while it was on its way is sent with the next.
    const done = sent.filter(
      (answer) => !conflicts.includes(answer.item) && state.answers.get(answer.item) === answer,
    );
    set({
      answers: without(done.map(({ item }) => item)),
      conflicts: new Set([...state.conflicts, ...conflicts]),
    });
  }

  async function sendPhotos(): Promise<void> {
    for (const { id, item, file } of state.photos) {
      try {
        await addPhoto(item, file);
      } catch (error) {
        // Another time it would not be taken either.
        if (error instanceof ApiError && !isPassing(error)) dropPhoto(id);
        throw error;
      }
      dropPhoto(id);
    }
  }

  async function send(): Promise<void> {
    if (state.isSending || !isOpen) return;
    set({ isSending: true, error: null });
    try {
      await sendAnswers();
      await sendPhotos();
      set({ isSending: false, isOffline: false });
      const isLeft = [...state.answers.values()].some(
        (answer) => isWhole(answer) && !state.conflicts.has(answer.item),
      );
      if (isLeft || state.photos.length > 0) sendIn(sendAfterMs);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isOffline = isPassing(error);
      set({ isSending: false, isOffline, error: isOffline ? null : error });
      if (isOffline || state.photos.length > 0) sendIn(tryAgainMs);
    }
  }

  function dropPhoto(id: string): void {
    set({ photos: state.photos.filter((photo) => photo.id !== id) });
    void kept.remove(photoKey(id));
  }
  const answer = (given: DraftAnswer): void => {
    set({ answers: new Map(state.answers).set(given.item, given) });
    void kept.write(answerKey(given.item), given);
    sendIn(sendAfterMs);
  };

  return {
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    state: () => state,
    answer,
    keepMine: (item, seen) => {
      const mine = state.answers.get(item);
      set({ conflicts: settled([item]) });
      if (mine !== undefined) answer({ ...mine, seen });
    },
    takeTheirs: (item) => set({ answers: without([item]), conflicts: settled([item]) }),
    photo: (item, file) => {
      const photo = { id: crypto.randomUUID(), item, file };
      set({ photos: [...state.photos, photo] });
      void kept.write(photoKey(photo.id), photo);
      sendIn(0);
    },
    dropPhoto,
    open: () => {
      isOpen = true;
      const online = (): void => sendIn(0);
      window.addEventListener('online', online);
      void load();
      return () => {
        isOpen = false;
        clearTimeout(timer);
        window.removeEventListener('online', online);
      };
    },
  };

  async function load(): Promise<void> {
    const [answers, photos] = await Promise.all([kept.read(`${key}answer/`), kept.read(`${key}photo/`)]);
    const found = new Map(state.answers);
    for (const one of answers) {
      const parsed = draftAnswerSchema.safeParse(one);
      if (parsed.success && !found.has(parsed.data.item)) found.set(parsed.data.item, parsed.data);
    }
    const known = new Set(state.photos.map(({ id }) => id));
    const more = photos.flatMap((one) => {
      const parsed = pendingPhotoSchema.safeParse(one);
      return parsed.success && !known.has(parsed.data.id) ? [parsed.data] : [];
    });
    if (found.size === 0 && more.length === 0) return;
    set({ answers: found, photos: [...state.photos, ...more] });
    sendIn(0);
  }
}
