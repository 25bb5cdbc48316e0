import type { RuleDocument } from '../../rules/contract.ts';
import type { Text } from '../language.tsx';
import type { MessageKey } from '../messages.ts';

const keys = {
  政策类: 'rule.category.policy',
  管理类: 'rule.category.management',
  医疗类: 'rule.category.medical',
} as const satisfies Readonly<Record<RuleDocument['category'], MessageKey>>;
const isCategory = (category: string): category is RuleDocument['category'] => Object.hasOwn(keys, category);

/** 类别 of rules in the reader's language; one that is not ours stands as it is. */
export const categoryWords = (category: string, { t }: Pick<Text, 't'>): string =>
  isCategory(category) ? t(keys[category]) : category;
