import type { QuarantineRow } from '../../claims/contract.ts';
import type { Text } from '../language.tsx';

/** Where an entry came from: the name of an imported file, or the API, which has none. */
export const sourceOf = ({ source }: Pick<QuarantineRow, 'source'>, { t }: Text): string =>
  source === 'api' ? t('quarantine.source.api') : source;
