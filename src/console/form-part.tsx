/** A part of a long form under its own heading. */
import type { ReactNode } from 'react';

export function FormPart({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="form-part">
      <h3 className="part-title">{label}</h3>
      {children}
    </section>
  );
}
