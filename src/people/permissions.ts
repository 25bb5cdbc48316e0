/**
 * Who may do what, in one place: the API enforces it, the console shows only what it allows, and a test walks every route with it.
 * Plain data and types, without server code, so that the console can read it.
 */

export const roles = [
  'rule_author',
  'rule_approver',
  'inspector',
  'case_officer',
  'legal_reviewer',
  'leader',
  'draw_organiser',
  'credit_officer',
  'tip_office',
  'auditor',
  'administrator',
  'institution',
] as const;
export type Role = (typeof roles)[number];

/** `read` looks, everything else changes something or is an act of its own. */
export const permissions = [
  'overview.read',
  'findings.read',
  'reviews.read',
  'findings.review',
  'findings.assign',
  'findings.confirm_review',
  'answers.give',
  'cases.read',
  'cases.handle',
  'cases.review',
  'cases.decide',
  'claims.read',
  'claims.write',
  'persons.read',
  'persons.reveal',
  'quarantine.read',
  'quarantine.settle',
  'intake.read',
  'rules.read',
  'rulebook.read',
  'rules.write',
  'rules.approve',
  'knowledge.read',
  'knowledge.write',
  'knowledge.approve',
  'credit.read',
  'credit.score',
  'credit.decide_objection',
  'precheck',
  'national.audit',
  'feedback.read',
  'inspections.read',
  'inspections.draw',
  'inspections.approve_redraw',
  'inspections.carry_out',
  'publicity.read',
  'publicity.prepare',
  'publicity.approve',
  'tips.handle',
  'people.read',
  'people.manage',
  'keys.read',
  'keys.manage',
  'operations.read',
  'audit.read',
] as const;
export type Permission = (typeof permissions)[number];

/** What a route may ask for besides a permission. */
export type Access = Permission | 'public' | 'signed-in';

export const permissionsOfRole = {
  rule_author: [
    'overview.read',
    'findings.read',
    'reviews.read',
    'claims.read',
    'rules.read',
    'rulebook.read',
    'rules.write',
    'knowledge.read',
    'knowledge.write',
    'precheck',
    'feedback.read',
  ],
  rule_approver: [
    'overview.read',
    'findings.read',
    'reviews.read',
    'claims.read',
    'rules.read',
    'rulebook.read',
    'rules.approve',
    'knowledge.read',
    'knowledge.approve',
    'precheck',
    'feedback.read',
  ],
  inspector: [
    'overview.read',
    'findings.read',
    'inspections.read',
    'inspections.carry_out',
    'reviews.read',
    'findings.review',
    'findings.confirm_review',
    'claims.read',
    'persons.read',
    'persons.reveal',
    'quarantine.read',
    'quarantine.settle',
    'intake.read',
    'rules.read',
    'precheck',
    'feedback.read',
  ],
  case_officer: [
    'overview.read',
    'findings.read',
    'inspections.read',
    'inspections.carry_out',
    'reviews.read',
    'cases.read',
    'cases.handle',
    'publicity.read',
    'publicity.prepare',
    'claims.read',
    'persons.read',
    'persons.reveal',
    'rules.read',
    'feedback.read',
  ],
  legal_reviewer: [
    'overview.read',
    'findings.read',
    'reviews.read',
    'cases.read',
    'cases.review',
    'claims.read',
    'persons.read',
    'rules.read',
  ],
  leader: [
    'overview.read',
    'findings.read',
    'inspections.read',
    'inspections.approve_redraw',
    'reviews.read',
    'findings.assign',
    'findings.confirm_review',
    'cases.read',
    'cases.decide',
    'claims.read',
    'quarantine.read',
    'intake.read',
    'rules.read',
    'rulebook.read',
    'knowledge.read',
    'credit.read',
    'credit.decide_objection',
    'publicity.read',
    'publicity.approve',
    'feedback.read',
  ],
  // A draw that knew the findings would not be one.
  draw_organiser: ['inspections.read', 'inspections.draw', 'rules.read'],
  // Whether it may decide a certain objection depends on who scored: see segregation.
  credit_officer: [
    'overview.read',
    'findings.read',
    'rules.read',
    'credit.read',
    'credit.score',
    'credit.decide_objection',
    'publicity.read',
    'publicity.prepare',
    'feedback.read',
  ],
  // Who told is known to nobody else; so it has nothing else to look at.
  tip_office: ['tips.handle'],
  auditor: [
    'overview.read',
    'findings.read',
    'inspections.read',
    'reviews.read',
    'cases.read',
    'claims.read',
    'persons.read',
    'quarantine.read',
    'intake.read',
    'rules.read',
    'rulebook.read',
    'knowledge.read',
    'credit.read',
    'publicity.read',
    'feedback.read',
    'people.read',
    'keys.read',
    'operations.read',
    'audit.read',
  ],
  // Runs the system, and sees no claims, no findings and no sums of them.
  administrator: [
    'intake.read',
    'rules.read',
    'people.read',
    'people.manage',
    'keys.read',
    'keys.manage',
    'operations.read',
  ],
  institution: ['findings.read', 'answers.give', 'rules.read', 'precheck'],
} as const satisfies Record<Role, readonly Permission[]>;

/** What cannot be divided by districts: the city alone may. */
export const cityOnly: readonly Permission[] = [
  'intake.read',
  'people.read',
  'people.manage',
  'keys.read',
  'keys.manage',
  'operations.read',
  // Rules are the same for everybody, and trials of them show findings of all districts.
  'rulebook.read',
  'rules.write',
  'rules.approve',
  'knowledge.read',
  'knowledge.write',
  'knowledge.approve',
  // The ledger is one chain over all districts.
  'credit.read',
  'credit.score',
  'credit.decide_objection',
  // A plan draws from the whole city, and unannounced targets are known to as few as may be.
  'inspections.read',
  'inspections.draw',
  'inspections.approve_redraw',
  'inspections.carry_out',
  // The public site is one.
  'publicity.read',
  'publicity.prepare',
  'publicity.approve',
  // Tips come to one office.
  'tips.handle',
  // The chain is one; and who is looked into must not see it.
  'audit.read',
];

/** What API keys are made for; in messages and in the audit a key's role is `system:<scope>`. */
export const scopes = ['claims:write', 'precheck', 'national-audit', 'findings:read'] as const;
export type Scope = (typeof scopes)[number];

export const permissionsOfScope = {
  'claims:write': ['claims.write'],
  precheck: ['precheck'],
  'national-audit': ['national.audit'],
  'findings:read': ['findings.read'],
} as const satisfies Record<Scope, readonly Permission[]>;

/** Areas are codes of 行政区划: six digits, of which the first four are the city; the city's own code ends in 00. */
export const areaPattern = /^\d{6}$/;
export const isCity = (area: string): boolean => area.endsWith('00');
/** What the codes of an area and of everything in it begin with: `330702` itself, `3307` of a 统筹区, `33` of a province. */
export const areaPrefix = (area: string): string => area.replace(/(?:00){1,2}$/, '');
export const isOfCity = (area: string, city: string): boolean => area.slice(0, 4) === city.slice(0, 4);

/** Everything an account may, in the order of `permissions`. */
export function permissionsOf(role: Role, area: string): readonly Permission[] {
  const granted: readonly Permission[] = permissionsOfRole[role];
  return isCity(area) ? granted : granted.filter((permission) => !cityOnly.includes(permission));
}
