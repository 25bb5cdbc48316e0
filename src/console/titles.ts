import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { areaLabel } from '../people/area-contract.ts';
import { useAreaName } from './area-name.tsx';
import { type Titles, titlesOf } from './fact-words.ts';
import { useText } from './language.tsx';
import { factsQuery } from './queries.ts';

const placeholder = '…';

/** Titles of facts, tables and areas in the language of the reader: a placeholder while they are asked for, names when the answer failed. */
export function useTitles(): Titles {
  const text = useText();
  const { data, isPending } = useQuery(factsQuery);
  const nameOf = useAreaName();
  const area = useCallback((code: string) => areaLabel(nameOf(code), code), [nameOf]);
  return isPending ? titlesOf(undefined, text, area, () => placeholder) : titlesOf(data, text, area);
}
