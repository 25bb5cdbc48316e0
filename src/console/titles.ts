import { useQuery } from '@tanstack/react-query';
import { type Titles, titlesOf } from './fact-words.ts';
import { useText } from './language.tsx';
import { factsQuery } from './queries.ts';

const placeholder = '…';

/** Titles of facts and tables in the language of the reader: a placeholder while they are asked for, names when the answer failed. */
export function useTitles(): Titles {
  const text = useText();
  const { data, isPending } = useQuery(factsQuery);
  return isPending ? titlesOf(undefined, text, () => placeholder) : titlesOf(data, text);
}
