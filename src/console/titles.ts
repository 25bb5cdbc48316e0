import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Message } from '../claims/contract.ts';
import { areaLabel } from '../people/area-contract.ts';
import { useAreaName } from './area-name.tsx';
import { sentenceWords, type Titles, titlesOf } from './fact-words.ts';
import { useText } from './language.tsx';
import { factsQuery } from './queries.ts';

const placeholder = '…';

function useAreaLabel(): Titles['area'] {
  const nameOf = useAreaName();
  return useCallback((code) => areaLabel(nameOf(code), code), [nameOf]);
}

/** The message of a finding in the language of the reader. */
export function useSentence(): (message: Message) => string {
  const { pick } = useText();
  const area = useAreaLabel();
  return (message) => sentenceWords(pick(message), { area });
}

/** Titles of facts, tables and areas in the language of the reader: a placeholder while they are asked for, names when the answer failed. */
export function useTitles(): Titles {
  const text = useText();
  const { data, isPending } = useQuery(factsQuery);
  const area = useAreaLabel();
  return isPending ? titlesOf(undefined, text, area, () => placeholder) : titlesOf(data, text, area);
}
