import type { PublicDocument } from '../../publicity/contract.ts';
import { useText } from '../language.tsx';
import { DocumentFacts, DocumentTitle } from '../published/document.tsx';

/** A document drawn by the very parts that draw the public site. */
export function AsEverybodySees({ document }: { document: PublicDocument }) {
  const { t } = useText();
  return (
    <section className="publicity-preview" aria-label={t('publicity.preview')}>
      <div className="quiet">{t('publicity.preview')}</div>
      <h3>
        <DocumentTitle document={document} />
      </h3>
      <DocumentFacts document={document} />
    </section>
  );
}
