/** Who sits before the console, for everything that is drawn: what they may, and the way to the sign-in page when it is nobody. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import type { Me } from '../people/contract.ts';
import type { Permission } from '../people/permissions.ts';
import { Failure } from './failure.tsx';
import { paths } from './paths.ts';
import { meQuery } from './queries.ts';
import { RoomSkeleton } from './skeletons.tsx';

const MeContext = createContext<Me | null>(null);

/** Stands around every room. */
export function SignedIn() {
  const { pathname, search } = useLocation();
  const { data: me, error, refetch } = useQuery(meQuery);
  if (me === undefined)
    return error === null ? <RoomSkeleton /> : <Failure error={error} onRetry={() => void refetch()} />;
  if (me === null) return <Navigate to={paths.signIn(`${pathname}${search}`)} replace />;
  // Nothing else is answered before the password is changed or the second factor is there.
  if (me.pending !== null && pathname !== paths.profile()) return <Navigate to={paths.profile()} replace />;
  return (
    <MeContext value={me}>
      <Outlet />
    </MeContext>
  );
}

export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error('a room was drawn for nobody');
  return me;
}

export function useMay(): (permission: Permission) => boolean {
  const { permissions, pending } = useMe();
  return (permission) => pending === null && permissions.includes(permission);
}

/** Forgets everything that was shown to one person before the next one is. */
export function useForgetEverything(): (next: Me | null) => void {
  const queryClient = useQueryClient();
  return (next) => {
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
    queryClient.setQueryData(meQuery.queryKey, next);
  };
}
