import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Form, Input, QRCode, Tag, Typography } from 'antd';
import { useState } from 'react';
import type { Enrolment } from '../../people/contract.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { peopleApi } from '../people-api.ts';
import { meQuery, mySessionsQuery, secondFactorQuery } from '../queries.ts';
import { RowsSkeleton } from '../skeletons.tsx';

const skeletonRows = 3;
const qrPx = 184;

export function SecondFactorCard() {
  const { t } = useText();
  const { data, error, refetch } = useQuery(secondFactorQuery);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Card
      size="small"
      title={t('profile.second_factor')}
      extra={
        data !== undefined && (
          <Tag color={data.enabled ? 'success' : 'default'}>
            {t(data.enabled ? 'profile.factor_on' : 'profile.factor_off')}
          </Tag>
        )
      }
    >
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {codes !== null && <RecoveryCodes codes={codes} />}
      {data === undefined ? (
        error === null && <RowsSkeleton rows={skeletonRows} />
      ) : data.enabled ? (
        <>
          <p className="quiet card-note">{t('profile.codes_left', { n: data.recovery_codes_left })}</p>
          <Remove isRequired={data.required} />
        </>
      ) : (
        <Enrol onDone={setCodes} />
      )}
    </Card>
  );
}

/** Shown this once: the server keeps only their hashes. */
function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useText();
  return (
    <Alert
      type="success"
      showIcon
      className="card-note"
      title={t('profile.codes_title')}
      description={
        <>
          <p>{t('profile.codes_note')}</p>
          <Typography.Text code copyable={{ text: codes.join('\n') }} className="recovery-codes">
            {codes.join('\n')}
          </Typography.Text>
        </>
      }
    />
  );
}

function Enrol({ onDone }: { onDone: (codes: readonly string[]) => void }) {
  const { t } = useText();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const begin = useMutation({
    mutationFn: ({ password }: { password: string }) => peopleApi.beginSecondFactor(password),
    onSuccess: setEnrolment,
  });
  if (enrolment !== null) return <Confirm enrolment={enrolment} onDone={onDone} />;
  return (
    <>
      <p className="quiet card-note">{t('profile.factor_note')}</p>
      <Form
        layout="vertical"
        requiredMark={false}
        className="narrow-form"
        onFinish={(typed) => begin.mutate(typed)}
      >
        <Form.Item
          label={t('profile.current_password')}
          name="password"
          rules={[{ required: true, message: t('sign_in.password_first') }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {begin.error !== null && <Failure error={begin.error} />}
        <Button htmlType="submit" loading={begin.isPending}>
          {t('profile.enrol')}
        </Button>
      </Form>
    </>
  );
}

function Confirm({
  enrolment,
  onDone,
}: {
  enrolment: Enrolment;
  onDone: (codes: readonly string[]) => void;
}) {
  const { t } = useText();
  const refresh = useRefresh();
  const confirm = useMutation({
    mutationFn: ({ code }: { code: string }) => peopleApi.confirmSecondFactor(code),
    onSuccess: async ({ recovery_codes }) => {
      onDone(recovery_codes);
      await refresh();
    },
  });
  return (
    <div className="enrolment">
      <QRCode type="svg" value={enrolment.uri} size={qrPx} bordered={false} />
      <div className="enrolment-words">
        <p>{t('profile.scan')}</p>
        <p className="quiet">
          {t('profile.or_type')}{' '}
          <Typography.Text code copyable className="break">
            {enrolment.secret}
          </Typography.Text>
        </p>
        <Form layout="vertical" requiredMark={false} onFinish={(typed) => confirm.mutate(typed)}>
          <Form.Item
            label={t('sign_in.code')}
            name="code"
            rules={[{ required: true, message: t('sign_in.code_first') }]}
          >
            <Input autoFocus autoComplete="one-time-code" inputMode="numeric" maxLength={10} />
          </Form.Item>
          {confirm.error !== null && <Failure error={confirm.error} />}
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            {t('profile.confirm')}
          </Button>
        </Form>
      </div>
    </div>
  );
}

function Remove({ isRequired }: { isRequired: boolean }) {
  const { t } = useText();
  const { message } = App.useApp();
  const refresh = useRefresh();
  const remove = useMutation({
    mutationFn: ({ password }: { password: string }) => peopleApi.removeSecondFactor(password),
    onSuccess: async () => {
      void message.success(t('profile.factor_removed'));
      await refresh();
    },
  });
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      className="narrow-form"
      onFinish={(typed) => remove.mutate(typed)}
    >
      <Form.Item
        label={t('profile.current_password')}
        name="password"
        rules={[{ required: true, message: t('sign_in.password_first') }]}
      >
        <Input.Password autoComplete="current-password" disabled={isRequired} />
      </Form.Item>
      {remove.error !== null && <Failure error={remove.error} />}
      <Button
        danger
        htmlType="submit"
        disabled={isRequired}
        title={isRequired ? t('profile.factor_required') : undefined}
        loading={remove.isPending}
      >
        {t('profile.remove_factor')}
      </Button>
      {isRequired && <p className="quiet">{t('profile.factor_required')}</p>}
    </Form>
  );
}

function useRefresh(): () => Promise<unknown> {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [meQuery.queryKey, secondFactorQuery.queryKey, mySessionsQuery.queryKey].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
}
