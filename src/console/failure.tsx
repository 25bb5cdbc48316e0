/** What went wrong, in words, with the id by which an administrator finds it, and a way to try again. */
import { Alert, Button, Typography } from 'antd';
import { ApiError } from './api.ts';
import { useText } from './language.tsx';

export function Failure({
  error,
  onRetry,
  isAtFields = false,
}: {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** What is wrong with each field is said there. */
  isAtFields?: boolean;
}) {
  const { t, pick } = useText();
  const known = error instanceof ApiError ? error : null;
  // Who reads it has signed in again meanwhile.
  const isLate = known?.code === 'not_signed_in';
  const title = known === null ? t('failure.broken') : isLate ? t('failure.session_over') : pick(known.text);
  return (
    <Alert
      type="error"
      showIcon
      className="failure"
      title={title}
      description={
        <>
          {known !== null && known.issues.length > 0 && !isAtFields && (
            <ul className="failure-issues">
              {known.issues.map((issue, index) => (
                <li key={`${issue.path} ${issue.code} ${index}`}>
                  <code>{issue.path}</code> {pick(issue.message)}
                </li>
              ))}
            </ul>
          )}
          {known?.supportId != null && (
            <div className="failure-support">
              {t('failure.support_id')}
              <Typography.Text code copyable>
                {known.supportId}
              </Typography.Text>
            </div>
          )}
        </>
      }
      action={
        onRetry !== undefined && (
          <Button size="small" onClick={onRetry}>
            {t('failure.retry')}
          </Button>
        )
      }
    />
  );
}
