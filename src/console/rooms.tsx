/** The rooms, in the order of the menu, and what it takes to enter each. */
import type { ComponentType } from 'react';
import type { Permission } from '../people/permissions.ts';
import {
  AnswersIcon,
  AuditIcon,
  CasesIcon,
  CreditIcon,
  FindingsIcon,
  InspectionsIcon,
  KeyIcon,
  KnowledgeIcon,
  OverviewIcon,
  PeopleIcon,
  PersonsIcon,
  PublicityIcon,
  QuarantineIcon,
  ReviewsIcon,
  RulesIcon,
  TasksIcon,
  TipsIcon,
} from './icons.tsx';
import { paths } from './paths.ts';

interface Room {
  readonly key:
    | 'overview'
    | 'answers'
    | 'findings'
    | 'reviews'
    | 'persons'
    | 'quarantine'
    | 'rules'
    | 'knowledge'
    | 'credit'
    | 'cases'
    | 'inspections'
    | 'tasks'
    | 'publicity'
    | 'tips'
    | 'people'
    | 'keys'
    | 'audit';
  readonly to: string;
  readonly Icon: ComponentType;
  readonly needs: Permission;
}

export const rooms: readonly Room[] = [
  { key: 'overview', to: paths.overview(), Icon: OverviewIcon, needs: 'overview.read' },
  { key: 'answers', to: paths.answers(), Icon: AnswersIcon, needs: 'answers.give' },
  { key: 'findings', to: paths.findings(), Icon: FindingsIcon, needs: 'findings.read' },
  { key: 'reviews', to: paths.reviews(), Icon: ReviewsIcon, needs: 'reviews.read' },
  { key: 'cases', to: paths.cases(), Icon: CasesIcon, needs: 'cases.read' },
  { key: 'persons', to: paths.persons(), Icon: PersonsIcon, needs: 'persons.read' },
  { key: 'quarantine', to: paths.quarantine(), Icon: QuarantineIcon, needs: 'quarantine.read' },
  { key: 'rules', to: paths.rules(), Icon: RulesIcon, needs: 'rules.read' },
  { key: 'knowledge', to: paths.knowledge(), Icon: KnowledgeIcon, needs: 'knowledge.read' },
  { key: 'credit', to: paths.credit(), Icon: CreditIcon, needs: 'credit.read' },
  { key: 'inspections', to: paths.inspections(), Icon: InspectionsIcon, needs: 'inspections.read' },
  { key: 'tasks', to: paths.tasks(), Icon: TasksIcon, needs: 'inspections.read' },
  { key: 'publicity', to: paths.publicity(), Icon: PublicityIcon, needs: 'publicity.read' },
  { key: 'tips', to: paths.tips(), Icon: TipsIcon, needs: 'tips.handle' },
  { key: 'people', to: paths.people(), Icon: PeopleIcon, needs: 'people.read' },
  { key: 'keys', to: paths.keys(), Icon: KeyIcon, needs: 'keys.read' },
  { key: 'audit', to: paths.audit(), Icon: AuditIcon, needs: 'audit.read' },
];

/** Administrators begin with people; everybody else with the first room that is theirs. */
export function firstRoom(may: (permission: Permission) => boolean): string | null {
  const open = rooms.filter(({ needs }) => may(needs));
  return (open.find(({ key }) => key === 'people' && may('people.manage')) ?? open[0])?.to ?? null;
}
