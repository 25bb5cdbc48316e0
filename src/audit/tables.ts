/**
 * Every table of the database: by which events its changes are on record, or why they need not be. A test holds this list against the
 * database, so that a table cannot be added without an answer.
 */
import type { EventKind } from './catalogue.ts';

export type TableEntry =
  | { readonly audited: readonly [EventKind, ...EventKind[]]; readonly exempt?: never }
  | { readonly exempt: string; readonly audited?: never };

/** Partitions count as their parent. */
export const tables: Readonly<Record<string, TableEntry>> = {
  _prisma_migrations: { exempt: 'ledger of the migrations, which are code under version control' },
  account: {
    audited: [
      'people.account_created',
      'people.account_changed',
      'people.password_changed',
      'people.password_reset',
      'people.second_factor_enrolled',
      'people.second_factor_removed',
      'people.second_factor_reset',
      'people.signed_in',
    ],
  },
  answer_notice: { audited: ['answer.sent'] },
  api_key: { audited: ['people.key_created', 'people.key_revoked'] },
  audit_anchor: { audited: ['audit.anchored'] },
  audit_anchor_timestamp: { audited: ['audit.timestamped'] },
  audit_event: { exempt: 'the chain itself' },
  audit_feedback: { audited: ['national.feedback_stored'] },
  audit_warning: {
    exempt:
      'written when an answer is given out, never changed, and a function of rules and request; removed by retention.rows_removed',
  },
  backtest_cell: {
    exempt:
      'sums of a backtest, a function of claims and version (rulebook.backtest_started, rulebook.run_ended)',
  },
  backtest_sample: {
    exempt: 'examples out of a backtest, a function of claims and version, like backtest_cell',
  },
  case_event: { audited: ['cases.opened', 'cases.acted'] },
  case_evidence: { audited: ['cases.opened', 'cases.acted', 'vault.sealed_anew'] },
  case_file: { audited: ['cases.opened', 'cases.acted'] },
  claim_document: {
    audited: [
      'claims.batch_stored',
      'retention.claims_removed',
      'retention.documents_rewritten',
      'vault.sealed_anew',
    ],
  },
  claim_revision: { audited: ['claims.batch_stored', 'retention.claims_removed'] },
  credit_entry: { audited: ['credit.entry_recorded'] },
  credit_objection: { audited: ['credit.objected', 'credit.objection_decided'] },
  credit_publication: {
    audited: [
      'credit.noticed',
      'credit.objected',
      'credit.objection_decided',
      'credit.published',
      'credit.withdrawn',
    ],
  },
  data_key: { audited: ['vault.key_created', 'vault.key_destroyed', 'vault.master_key_changed'] },
  draw: { audited: ['inspection.committed'] },
  draw_directory: { audited: ['inspection.directory_stored'] },
  draw_opening: { audited: ['inspection.opened'] },
  draw_reading: { audited: ['inspection.evidence_entered', 'inspection.drawn'] },
  draw_redraw_approval: { audited: ['inspection.redraw_approved'] },
  draw_replacement: { audited: ['inspection.replaced'] },
  draw_result: { audited: ['inspection.drawn'] },
  draw_secret: { audited: ['inspection.committed'] },
  finding: {
    exempt:
      'a function of the claims known and the rule set (claims.batch_stored, screening.worker_started, replay.finished); what it said before is kept in finding_revision',
  },
  finding_answer: {
    audited: [
      'answer.sent',
      'answer.recalled',
      'answer.given',
      'answer.taken_back',
      'answer.came_forward',
      'answer.refund_confirmed',
    ],
  },
  finding_answer_event: {
    audited: [
      'answer.sent',
      'answer.recalled',
      'answer.given',
      'answer.taken_back',
      'answer.came_forward',
      'answer.refund_confirmed',
    ],
  },
  finding_answer_file: { audited: ['answer.file_added', 'answer.file_removed', 'vault.sealed_anew'] },
  finding_review: {
    audited: [
      'review.taken',
      'review.assigned',
      'review.released',
      'review.recused',
      'review.decided',
      'review.confirmed',
      'review.returned',
      'review.reopened',
    ],
  },
  finding_review_event: {
    audited: [
      'review.taken',
      'review.assigned',
      'review.released',
      'review.recused',
      'review.decided',
      'review.confirmed',
      'review.returned',
      'review.reopened',
    ],
  },
  finding_revision: { exempt: 'append-only history of finding, itself the record of its changes' },
  held_revision: {
    audited: ['screening.batch_taken_apart', 'screening.claim_set_aside', 'screening.retried'],
  },
  identity_index: { audited: ['claims.batch_stored', 'vault.sealed_anew', 'retention.rows_removed'] },
  import_run: { audited: ['import.finished', 'import.failed'] },
  intake_batch: {
    audited: [
      'claims.batch_stored',
      'screening.batch_given_up',
      'screening.batch_taken_apart',
      'screening.retried',
      'retention.rows_removed',
    ],
  },
  inspection_answer: {
    exempt:
      'what is being written on the spot; nothing follows from it before inspection.concluded, whose hash covers it',
  },
  inspection_checklist: { audited: ['inspection.task_started'] },
  inspection_clue: { audited: ['inspection.clue_opened'] },
  inspection_photo: { audited: ['inspection.photo_added', 'inspection.photo_removed'] },
  inspection_protocol: { audited: ['inspection.concluded'] },
  inspection_record: { audited: ['inspection.check_recorded', 'inspection.record_complete'] },
  inspection_signature: { audited: ['inspection.record_signed'] },
  inspection_signed: { audited: ['inspection.record_complete'] },
  inspection_task: {
    audited: [
      'inspection.drawn',
      'inspection.replaced',
      'inspection.committed',
      'inspection.check_recorded',
      'inspection.task_planned',
      'inspection.team_set',
      'inspection.task_cancelled',
      'inspection.task_started',
      'inspection.concluded',
      'inspection.reopened',
      'inspection.record_complete',
    ],
  },
  inspector_account: { audited: ['inspection.inspector_linked'] },
  knowledge_activation: {
    audited: ['rulebook.library_registered', 'knowledge.approved', 'knowledge.rolled_back'],
  },
  knowledge_batch: { audited: ['rulebook.library_registered', 'knowledge.uploaded'] },
  knowledge_step: {
    audited: ['knowledge.approved', 'knowledge.rejected', 'knowledge.withdrawn', 'knowledge.rolled_back'],
  },
  knowledge_version: {
    audited: ['rulebook.library_registered', 'knowledge.backtest_started', 'knowledge.approved'],
  },
  person: {
    exempt:
      'one key a person, to be locked, and a hash of what identity_index has; comes with claims.batch_stored',
  },
  practitioner_place: { exempt: 'who worked where, as the claims say that came in (claims.batch_stored)' },
  publication: { audited: ['publicity.prepared'] },
  publication_version: {
    audited: ['publicity.prepared', 'publicity.approved', 'publicity.rejected', 'publicity.taken_back'],
  },
  quarantine: {
    audited: [
      'claims.batch_stored',
      'claims.input_rejected',
      'quarantine.corrected',
      'quarantine.dismissed',
      'screening.claim_set_aside',
      'retention.rows_removed',
      'vault.sealed_anew',
    ],
  },
  recovery_code: {
    audited: [
      'people.second_factor_enrolled',
      'people.second_factor_removed',
      'people.second_factor_reset',
      'people.signed_in',
    ],
  },
  review_filter: { exempt: 'how somebody likes to see the queue; nothing follows from it' },
  rule_activation: {
    audited: [
      'rulebook.library_registered',
      'rulebook.activated',
      'rulebook.shadowed',
      'rulebook.paused',
      'rulebook.retired',
      'rulebook.rolled_back',
    ],
  },
  rule_draft: { exempt: 'what somebody is writing; nothing follows from it before rulebook.submitted' },
  rule_notice: { audited: ['rulebook.paused'] },
  rule_rate: {
    exempt: 'counts hits of the stream; what follows from them is rulebook.paused',
  },
  rule_rate_day: { exempt: 'like rule_rate: what it counted of a day' },
  rule_run: {
    audited: [
      'rulebook.backtest_started',
      'rulebook.activated',
      'knowledge.backtest_started',
      'knowledge.approved',
      'knowledge.rolled_back',
      'rulebook.run_ended',
      'rulebook.run_resumed',
    ],
  },
  rule_run_slice: {
    exempt: 'how far a run has come; that it began and ended is on record with rule_run',
  },
  rule_step: {
    audited: [
      'rulebook.library_registered',
      'rulebook.submitted',
      'rulebook.approved',
      'rulebook.rejected',
      'rulebook.shadowed',
      'rulebook.activated',
      'rulebook.paused',
      'rulebook.retired',
      'rulebook.rolled_back',
    ],
  },
  rule_version: {
    audited: ['rulebook.library_registered', 'rulebook.submitted', 'rulebook.backtest_started'],
  },
  session: {
    audited: [
      'people.signed_in',
      'people.signed_out',
      'people.signed_out_everywhere',
      'people.session_ended',
      'people.account_changed',
      'people.password_changed',
      'people.password_reset',
    ],
  },
  shadow_finding: {
    exempt:
      'what versions in shadow say of the stream: a statistic that nobody acts on, begun by rulebook.shadowed',
  },
  sign_in_throttle: {
    exempt:
      'counts attempts at names that may not exist; failures of accounts that do are people.sign_in_failed',
  },
  stored_file: {
    audited: [
      'answer.file_added',
      'cases.file_added',
      'inspection.photo_added',
      'inspection.record_signed',
      'vault.sealed_anew',
    ],
  },
  tip: { audited: ['tips.received', 'tips.acted'] },
  tip_case: { audited: ['tips.case_opened'] },
  tip_file: { audited: ['tips.file_received'] },
  tip_file_day: { exempt: 'how many bytes tips.file_received brought on a day' },
  tip_key: { audited: ['tips.key_set'] },
  tip_step: { audited: ['tips.acted'] },
  trace_sale: { audited: ['claims.batch_stored', 'retention.claims_removed'] },
  undecided: { exempt: 'a function of the claims known and the rule set, like finding' },
  window_change: { exempt: 'like window_mark, before the days are known' },
  window_mark: {
    exempt: 'days that wait to be judged, a function of the claims that came in (claims.batch_stored)',
  },
  window_undecided: {
    exempt: 'like undecided: a function of the claims known and the rule set',
  },
};

/** The queue's own tables, in a schema of their own, are exempt: they carry ids of batches only, and may be lost as a whole. */
export const queueSchema = 'bullmq';
