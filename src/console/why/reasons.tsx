/** Why a rule, or all of them, says nothing of a settlement. */
import { Alert } from 'antd';
import type { ExplainReason } from '../../screening/explain-contract.ts';
import { useText } from '../language.tsx';

export function Reasons({ reasons }: { reasons: readonly ExplainReason[] }) {
  const { pick } = useText();
  if (reasons.length === 0) return null;
  return (
    <Alert
      type="info"
      showIcon
      title={reasons.map(({ code, message }) => <div key={code}>{pick(message)}</div>)}
    />
  );
}
