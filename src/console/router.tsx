/** Which address shows which room. Every room is a file of its own for the browser, loaded when it is first entered. */
import { createBrowserRouter, useRouteError } from 'react-router';
import { Failure } from './failure.tsx';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';
import { RoomSkeleton } from './skeletons.tsx';

export const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    HydrateFallback: RoomSkeleton,
    children: [
      {
        ErrorBoundary: BrokenRoom,
        children: [
          {
            index: true,
            lazy: async () => ({ Component: (await import('./overview/room.tsx')).OverviewRoom }),
          },
          {
            path: 'findings',
            lazy: async () => ({ Component: (await import('./findings/room.tsx')).FindingsRoom }),
          },
          {
            path: 'findings/:findingId',
            lazy: async () => ({ Component: (await import('./finding/room.tsx')).FindingRoom }),
          },
          {
            path: 'quarantine/:id?',
            lazy: async () => ({ Component: (await import('./quarantine/room.tsx')).QuarantineRoom }),
          },
          {
            path: 'rules/:code?',
            lazy: async () => ({ Component: (await import('./rules/room.tsx')).RulesRoom }),
          },
          {
            path: 'audit/:seq?',
            lazy: async () => ({ Component: (await import('./audit/room.tsx')).AuditRoom }),
          },
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
]);

/** A room that broke while it was drawn, or whose file is gone because a new release was installed: the menu stays usable. */
function BrokenRoom() {
  const error: unknown = useRouteError();
  return <Failure error={error} onRetry={() => window.location.reload()} />;
}
