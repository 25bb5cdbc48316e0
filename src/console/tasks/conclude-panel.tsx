/** The end of a check: result, summary, and what is ordered to be put right. From it the record is made. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Checkbox, Form, Input, Select } from 'antd';
import { type Conclusion, noteMax, type TaskDetail } from '../../inspection/on-site-contract.ts';
import type { ApiError } from '../api.ts';
import { Failure } from '../failure.tsx';
import { addDays, count, today } from '../format.ts';
import { useText } from '../language.tsx';
import { taskApi, taskKey, tasksKey } from '../task-api.ts';
import { useWhyNot } from './why-not.ts';

/** Days that an institution is given at first; whoever checks may write others. */
const usualDays = 30;

interface Typed {
  readonly checked_on: string;
  readonly result_code: string;
  readonly summary: string;
  readonly until?: string;
  readonly what?: string;
  readonly shown_certificates: boolean;
}

/** @param left answers and photos that the server does not have yet */
export function ConcludePanel({ task, left }: { task: TaskDetail; left: number }) {
  const { t, pick } = useText();
  const whyNot = useWhyNot(task);
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const ordersCorrection = (code: string | undefined): boolean =>
    task.results.find((one) => one.code === code)?.orders_correction === true;
  const conclude = useMutation<TaskDetail, ApiError, Typed>({
    mutationFn: ({ checked_on, result_code, summary, until = '', what = '' }) =>
      taskApi.conclude(task.id, {
        checked_on,
        result_code,
        summary,
        correction: ordersCorrection(result_code) ? { until, what } : null,
        shown_certificates: true,
      } satisfies Conclusion),
    onSuccess: (next) => {
      queryClient.setQueryData(taskKey(task.id), next);
      void queryClient.invalidateQueries({ queryKey: tasksKey });
      window.scrollTo({ top: 0 });
    },
  });
  const open = (task.checklist?.items.length ?? 0) + task.hidden_items - task.answers.length;
  const why =
    whyNot('conclude') ??
    (left > 0
      ? t('check.left_to_send', { n: count(left) })
      : open > 0
        ? t('check.left_to_answer', { n: count(open) })
        : undefined);
  const needed = { required: true, whitespace: true, message: t('draw.needed') };
  return (
    <Card size="small" title={t('check.conclude_title')}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        size="large"
        initialValues={{ checked_on: today(), shown_certificates: false, until: addDays(today(), usualDays) }}
        onFinish={(typed) => conclude.mutate(typed)}
      >
        <Form.Item label={t('draw.checked_on')} name="checked_on" rules={[needed]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item label={t('draw.result')} name="result_code" rules={[needed]}>
          <Select options={task.results.map(({ code, title }) => ({ value: code, label: pick(title) }))} />
        </Form.Item>
        <Form.Item label={t('check.summary')} name="summary" rules={[needed]}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={noteMax} showCount />
        </Form.Item>
        <Form.Item noStyle shouldUpdate>
          {({ getFieldValue }) =>
            ordersCorrection(getFieldValue('result_code')) && (
              <fieldset className="case-part">
                <legend>{t('check.correction')}</legend>
                <Form.Item label={t('check.correct_what')} name="what" rules={[needed]}>
                  <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={noteMax} />
                </Form.Item>
                <Form.Item label={t('check.correct_until')} name="until" rules={[needed]}>
                  <Input type="date" />
                </Form.Item>
              </fieldset>
            )
          }
        </Form.Item>
        <Form.Item
          name="shown_certificates"
          valuePropName="checked"
          rules={[
            {
              validator: (_, value) =>
                value === true ? Promise.resolve() : Promise.reject(new Error(t('draw.needed'))),
            },
          ]}
        >
          <Checkbox>{t('check.shown_certificates')}</Checkbox>
        </Form.Item>
        {conclude.error !== null && <Failure error={conclude.error} />}
        <div className="check-acts">
          <Button
            type="primary"
            htmlType="submit"
            size="large"
            disabled={why !== undefined}
            title={why}
            loading={conclude.isPending}
          >
            {t('check.conclude')}
          </Button>
        </div>
        {why !== undefined && <p className="quiet">{why}</p>}
      </Form>
    </Card>
  );
}
