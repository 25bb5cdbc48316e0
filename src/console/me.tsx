/** Who sits before the console, for everything that is drawn: what they may, and the way to sign in when it is nobody. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import { Navigate, Outlet, useLocation, useNavigate } from 'react-router';
import type { Me } from '../people/contract.ts';
import type { Permission } from '../people/permissions.ts';
import { Failure } from './failure.tsx';
import { paths } from './paths.ts';
import { meQuery } from './queries.ts';
import { SignInAgain } from './sign-in/again.tsx';
import { RoomSkeleton } from './skeletons.tsx';

const MeContext = createContext<Me | null>(null);

/** Stands around every room. */
export function SignedIn() {
  const { pathname, search } = useLocation();
  const { data: me, error, refetch } = useQuery(meQuery);
  const isOver = error?.code === 'not_signed_in';
  if (me === undefined && !isOver)
    return error === null ? <RoomSkeleton /> : <Failure error={error} onRetry={() => void refetch()} />;
  if (me == null) return <Navigate to={paths.signIn(`${pathname}${search}`)} replace />;
  // Nothing else is answered before the password is changed or the second factor is there.
  if (me.pending !== null && pathname !== paths.profile()) return <Navigate to={paths.profile()} replace />;
  return <RoomsOfOne me={me} isOver={isOver} />;
}

/**
 * What stands in the rooms, typed or shown, is of one person. When their session is over it waits, covered, until they are back; when
 * somebody else comes it goes, and theirs begin where they begin for everybody.
 */
function RoomsOfOne({ me, isOver }: { me: Me; isOver: boolean }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const forget = useForgetEverything();
  const [owner, setOwner] = useState(me.login);
  const isAnother = me.login !== owner;
  useEffect(() => {
    if (!isAnother) return;
    forget(me);
    // The address is still the owner's: nothing is drawn there for anybody else.
    void Promise.resolve(navigate(paths.overview(), { replace: true })).then(() => setOwner(me.login));
  }, [isAnother, me, forget, navigate]);
  useEffect(() => {
    // What was refused because the session was over.
    if (!isOver)
      void queryClient.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
  }, [isOver, queryClient]);
  if (isAnother) return <RoomSkeleton />;
  return (
    <MeContext value={me}>
      <Outlet />
      {isOver && <SignInAgain me={me} />}
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
  return useCallback(
    (next) => {
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
      queryClient.setQueryData(meQuery.queryKey, next);
    },
    [queryClient],
  );
}
