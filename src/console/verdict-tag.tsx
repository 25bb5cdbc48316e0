import { Tag } from 'antd';
import type { Verdict } from '../rules/contract.ts';
import { useText } from './language.tsx';
import type { MessageKey } from './messages.ts';

export const verdictKeys = {
  违规: 'verdict.violation',
  可疑: 'verdict.suspect',
  提示: 'verdict.hint',
} as const satisfies Readonly<Record<Verdict, MessageKey>>;

const classNames: Readonly<Record<Verdict, string>> = {
  违规: 'verdict verdict-violation',
  可疑: 'verdict verdict-suspect',
  提示: 'verdict verdict-hint',
};

export function VerdictTag({ verdict }: { verdict: Verdict }) {
  const { t } = useText();
  return <Tag className={classNames[verdict]}>{t(verdictKeys[verdict])}</Tag>;
}
