/** Asks what somebody needs hidden data for, before it is shown. What is shown goes to the caller and stays nowhere else. */
import { useMutation } from '@tanstack/react-query';
import { Form, Input, Modal, Radio, type RadioRef } from 'antd';
import { useRef } from 'react';
import { type Purpose, purposeSchema, purposes, type StatedPurpose } from '../claims/persons-contract.ts';
import { Failure } from './failure.tsx';
import { useText } from './language.tsx';

const formName = 'purpose';

interface Typed {
  readonly reason: Purpose | 'case_number';
  readonly case_number?: string;
}

const statedIn = ({ reason, case_number = '' }: Typed): StatedPurpose =>
  reason === 'case_number' ? { case_number: case_number.trim() } : { reason };

export function PurposeDialog<Shown>({
  isOpen,
  usual,
  show,
  onShown,
  onClose,
}: {
  isOpen: boolean;
  /** Chosen at first, where one reason is the natural one. */
  usual?: Purpose;
  show: (purpose: StatedPurpose) => Promise<Shown>;
  onShown: (shown: Shown) => void;
  onClose: () => void;
}) {
  const { t } = useText();
  const [form] = Form.useForm<Typed>();
  const isCase = Form.useWatch('reason', form) === 'case_number';
  const first = useRef<RadioRef>(null);
  const reveal = useMutation({
    mutationFn: show,
    onSuccess: (shown) => {
      onShown(shown);
      close();
    },
  });
  const close = (): void => {
    reveal.reset();
    form.resetFields();
    onClose();
  };
  return (
    <Modal
      open={isOpen}
      title={t('purpose.title')}
      okText={t('purpose.show')}
      confirmLoading={reveal.isPending}
      // A button of the form itself: so Enter submits from the choices too.
      okButtonProps={{ htmlType: 'submit', form: formName }}
      onCancel={close}
      // Not before: a drawer below that is still opening would take the focus away again.
      afterOpenChange={(isShown) => {
        if (isShown) first.current?.focus();
      }}
      mask={{ closable: false }}
      destroyOnHidden
    >
      <Form
        form={form}
        name={formName}
        layout="vertical"
        requiredMark={false}
        initialValues={{ reason: usual }}
        onFinish={(typed) => reveal.mutate(statedIn(typed))}
      >
        <p className="card-note">{t('purpose.recorded')}</p>
        <Form.Item
          label={t('purpose.reason')}
          name="reason"
          rules={[{ required: true, message: t('purpose.first') }]}
        >
          <Radio.Group vertical>
            {[...purposes, 'case_number' as const].map((reason) => (
              <Radio key={reason} value={reason} ref={reason === (usual ?? purposes[0]) ? first : null}>
                {t(`purpose.${reason}`)}
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        {isCase && (
          <Form.Item
            label={t('purpose.case_number')}
            name="case_number"
            rules={[
              {
                validator: async (_, case_number: unknown) => {
                  if (!purposeSchema.safeParse({ case_number }).success)
                    throw new Error(t('purpose.case_number_form'));
                },
              },
            ]}
          >
            <Input autoComplete="off" spellCheck={false} />
          </Form.Item>
        )}
        {reveal.error !== null && <Failure error={reveal.error} />}
      </Form>
    </Modal>
  );
}
