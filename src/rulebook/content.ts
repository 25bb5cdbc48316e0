/**
 * The content of a version and its hash. The text is made from what was read by the schemas: fields in their order, names that authors chose
 * – parameters, entries of `let` – in the order in which they were written, because findings show them in that order. So two contents with
 * one hash say the same, byte for byte, of every claim.
 */
import { createHash } from 'node:crypto';
import type { Examples, RuleDocument } from '../rules/contract.ts';

export interface Content {
  readonly document: RuleDocument;
  /** `null`: a shipped rule without any. */
  readonly examples: Examples | null;
}

export interface ContentText {
  /** SHA-256, 64 hex digits: what approvals and backtests are about. */
  readonly content_hash: string;
  /** As findings name it: `CompiledRule.version`. */
  readonly version: string;
  readonly document: string;
  readonly examples: string | null;
}

export function textOf({ document, examples }: Content): ContentText {
  const documentText = JSON.stringify(document);
  return {
    content_hash: sha256(JSON.stringify({ document, examples })),
    version: sha256(documentText).slice(0, 12),
    document: documentText,
    examples: examples === null ? null : JSON.stringify(examples),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
