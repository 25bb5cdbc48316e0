import { type ReactNode, useEffect } from 'react';
import { useText } from './language.tsx';

/** The title of the browser's tab. It never names a person. */
export function usePageTitle(title: string): void {
  const { t } = useText();
  const brand = t('brand.name');
  useEffect(() => {
    document.title = `${title} · ${brand}`;
  }, [title, brand]);
}

export function PageHead({ title, note, extra }: { title: string; note?: ReactNode; extra?: ReactNode }) {
  usePageTitle(title);
  return (
    <header className="page-head">
      <div className="page-head-words">
        <h1>{title}</h1>
        {note !== undefined && <div className="page-head-note">{note}</div>}
      </div>
      {extra !== undefined && <div className="page-head-extra">{extra}</div>}
    </header>
  );
}
