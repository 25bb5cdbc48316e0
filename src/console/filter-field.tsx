import type { ReactNode } from 'react';

/** One condition of a filter with its name above it; what is inside names itself to screen readers. */
export function FilterField({
  label,
  className,
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className={className === undefined ? 'filter' : `filter ${className}`}>
      <span className="filter-label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}
