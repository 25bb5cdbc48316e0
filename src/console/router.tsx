/** Which address shows which room. Every room is a file of its own for the browser, loaded when it is first entered. */
import type { ComponentType } from 'react';
import { createBrowserRouter, Navigate, type RouteObject, useRouteError } from 'react-router';
import { Failure } from './failure.tsx';
import { SignedIn, useMay } from './me.tsx';
import { NotFound } from './not-found.tsx';
import { paths } from './paths.ts';
import { firstRoom } from './rooms.tsx';
import { Shell } from './shell.tsx';
import { RoomSkeleton } from './skeletons.tsx';

export const router = createBrowserRouter([
  {
    path: 'sign-in',
    HydrateFallback: RoomSkeleton,
    ErrorBoundary: BrokenRoom,
    lazy: async () => ({ Component: (await import('./sign-in/page.tsx')).SignInPage }),
  },
  {
    path: 'published/:part?',
    HydrateFallback: RoomSkeleton,
    ErrorBoundary: BrokenRoom,
    lazy: async () => ({ Component: (await import('./published/page.tsx')).PublishedPage }),
  },
  {
    path: '/',
    Component: SignedIn,
    HydrateFallback: RoomSkeleton,
    children: [{ Component: Shell, children: [{ ErrorBoundary: BrokenRoom, children: roomRoutes() }] }],
  },
]);

function roomRoutes(): RouteObject[] {
  return [
    {
      index: true,
      lazy: async () => {
        const { OverviewRoom } = await import('./overview/room.tsx');
        return { Component: () => <FirstRoom Overview={OverviewRoom} /> };
      },
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
      path: 'answers',
      lazy: async () => ({ Component: (await import('./answers/room.tsx')).AnswersRoom }),
    },
    {
      path: 'reviews',
      lazy: async () => ({ Component: (await import('./reviews/room.tsx')).ReviewsRoom }),
    },
    {
      path: 'claims/:fixmedins_code/:setl_id/why',
      lazy: async () => ({ Component: (await import('./why/room.tsx')).WhyRoom }),
    },
    {
      path: 'persons',
      lazy: async () => ({ Component: (await import('./persons/room.tsx')).PersonsRoom }),
    },
    {
      path: 'persons/:fixmedins_code/:setl_id',
      lazy: async () => ({ Component: (await import('./persons/person-room.tsx')).PersonRoom }),
    },
    {
      path: 'quarantine/:id?',
      lazy: async () => ({ Component: (await import('./quarantine/room.tsx')).QuarantineRoom }),
    },
    {
      path: 'rules-national',
      lazy: async () => ({ Component: (await import('./rules/coverage-room.tsx')).CoverageRoom }),
    },
    {
      path: 'rules-guide/:name?',
      lazy: async () => ({ Component: (await import('./guide/room.tsx')).GuideRoom }),
    },
    {
      path: 'rules/:code/versions',
      lazy: async () => ({ Component: (await import('./rules/versions-room.tsx')).VersionsRoom }),
    },
    {
      path: 'rules/:code/runs/:run',
      lazy: async () => ({ Component: (await import('./rules/run-room.tsx')).RunRoom }),
    },
    {
      path: 'rules/new',
      lazy: async () => ({ Component: (await import('./rules/editor-room.tsx')).NewRuleRoom }),
    },
    {
      path: 'rules/:code/edit',
      lazy: async () => ({ Component: (await import('./rules/editor-room.tsx')).EditorRoom }),
    },
    {
      path: 'rules/:code?',
      lazy: async () => ({ Component: (await import('./rules/room.tsx')).RulesRoom }),
    },
    {
      path: 'knowledge',
      lazy: async () => ({ Component: (await import('./knowledge/room.tsx')).KnowledgeRoom }),
    },
    {
      path: 'knowledge/:table',
      lazy: async () => ({ Component: (await import('./knowledge/table-room.tsx')).TableRoom }),
    },
    {
      path: 'credit',
      lazy: async () => ({ Component: (await import('./credit/room.tsx')).CreditRoom }),
    },
    {
      path: 'credit-risk',
      lazy: async () => ({ Component: (await import('./credit/risk-room.tsx')).RiskRoom }),
    },
    {
      path: 'credit/:firstSeq',
      lazy: async () => ({ Component: (await import('./credit/subject-room.tsx')).SubjectRoom }),
    },
    { path: 'cases', lazy: async () => ({ Component: (await import('./cases/room.tsx')).CasesRoom }) },
    {
      path: 'cases/:id',
      lazy: async () => ({ Component: (await import('./cases/case-room.tsx')).CaseRoom }),
    },
    {
      path: 'inspections',
      lazy: async () => ({ Component: (await import('./inspections/room.tsx')).InspectionsRoom }),
    },
    {
      path: 'inspections/draws/:id',
      lazy: async () => ({ Component: (await import('./inspections/draw-room.tsx')).DrawRoom }),
    },
    {
      path: 'inspections/tasks',
      lazy: async () => ({ Component: (await import('./tasks/room.tsx')).TasksRoom }),
    },
    {
      path: 'inspections/tasks/:id',
      lazy: async () => ({ Component: (await import('./tasks/task-room.tsx')).TaskRoom }),
    },
    {
      path: 'publicity',
      lazy: async () => ({ Component: (await import('./publicity/room.tsx')).PublicityRoom }),
    },
    {
      path: 'tips/:id?',
      lazy: async () => ({ Component: (await import('./tips/room.tsx')).TipsRoom }),
    },
    {
      path: 'people',
      lazy: async () => ({ Component: (await import('./people/room.tsx')).PeopleRoom }),
    },
    { path: 'keys', lazy: async () => ({ Component: (await import('./keys/room.tsx')).KeysRoom }) },
    {
      path: 'audit/:seq?',
      lazy: async () => ({ Component: (await import('./audit/room.tsx')).AuditRoom }),
    },
    {
      path: 'profile',
      lazy: async () => ({ Component: (await import('./profile/room.tsx')).ProfileRoom }),
    },
    { path: '*', Component: NotFound },
  ];
}

/** The first page is the overview for whoever may see it, else the first room that is theirs. */
function FirstRoom({ Overview }: { Overview: ComponentType }) {
  const may = useMay();
  const first = firstRoom(may);
  return first === null || first === paths.overview() ? <Overview /> : <Navigate to={first} replace />;
}

/** A room that broke while it was drawn, or whose file is gone because a new release was installed: the menu stays usable. */
function BrokenRoom() {
  const error: unknown = useRouteError();
  return <Failure error={error} onRetry={() => window.location.reload()} />;
}
