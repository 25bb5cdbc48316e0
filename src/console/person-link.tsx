import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMay } from './me.tsx';
import { type ClaimName, paths } from './paths.ts';

/** Leads to the person of a settlement, for those who may look at persons. */
export function PersonLink({ claim, children }: { claim: ClaimName; children: ReactNode }) {
  return useMay()('persons.read') ? <Link to={paths.person(claim)}>{children}</Link> : children;
}
