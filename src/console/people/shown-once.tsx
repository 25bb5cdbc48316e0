/** A secret that is shown this once and can never be asked for again. */
import { Alert, Typography } from 'antd';
import { useText } from '../language.tsx';

export function ShownOnce({ title, secret }: { title: string; secret: string }) {
  const { t } = useText();
  return (
    <Alert
      type="success"
      showIcon
      title={title}
      description={
        <>
          <p>{t('people.shown_once')}</p>
          <Typography.Text code copyable className="break shown-once">
            {secret}
          </Typography.Text>
        </>
      }
    />
  );
}
