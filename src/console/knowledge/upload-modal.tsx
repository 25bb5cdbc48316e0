import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Form, Input, Radio } from 'antd';
import { useState } from 'react';
import {
  type BatchExtent,
  batchExtents,
  type TableDetail,
  type TableSpec,
} from '../../knowledge/contract.ts';
import { Failure } from '../failure.tsx';
import { FileChoice } from '../file-choice.tsx';
import { useText } from '../language.tsx';
import { knowledgeApi } from '../knowledge-api.ts';
import { knowledgeQuery } from '../queries.ts';
import { TypedModal } from '../unsaved.tsx';

interface Typed {
  readonly extent: BatchExtent;
  readonly source: string;
  readonly batch: string;
  readonly published_at: string;
  readonly effective_from: string;
  readonly effective_to?: string;
  readonly supersedes?: string;
}

const columnsOf = ({ columns, least }: TableSpec): string =>
  Object.keys(columns)
    .map((name) => (least?.[name] === undefined ? name : `${name} ≥ ${least[name]}`))
    .join(', ');

const dayForm = /^\d{4}-\d{2}-\d{2}$/;

export function UploadModal({
  table,
  isOpen,
  onClose,
  onUploaded,
}: {
  table: TableDetail;
  isOpen: boolean;
  onClose: () => void;
  onUploaded: (id: string) => void;
}) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const [file, setFile] = useState<File | null>(null);
  const [isTyped, setTyped] = useState(false);
  const upload = useMutation({
    mutationFn: async ({ effective_to = '', supersedes = '', ...typed }: Typed) => {
      if (file === null) throw new Error('no file was chosen');
      const terms = {
        ...typed,
        ...(effective_to.trim() === '' ? {} : { effective_to: effective_to.trim() }),
        ...(supersedes.trim() === '' ? {} : { supersedes: supersedes.trim() }),
      };
      return knowledgeApi.upload(table.table, terms, file);
    },
    onSuccess: async ({ batch }) => {
      await queryClient.invalidateQueries({ queryKey: knowledgeQuery.queryKey });
      onUploaded(batch.id);
    },
  });
  const needed = { required: true, whitespace: true, message: t('knowledge.needed') };
  const day = { pattern: dayForm, message: t('knowledge.day_form') };
  return (
    <TypedModal
      isTyped={isOpen && (isTyped || file !== null) && !upload.isPending}
      open={isOpen}
      title={t('knowledge.upload')}
      okText={t('knowledge.upload_do')}
      okButtonProps={{
        disabled: file === null,
        title: file === null ? t('knowledge.file_first') : undefined,
        loading: upload.isPending,
      }}
      onOk={() => form.submit()}
      onClose={onClose}
      afterClose={() => {
        form.resetFields();
        setFile(null);
        setTyped(false);
        upload.reset();
      }}
    >
      {upload.error !== null && <Failure error={upload.error} />}
      <Form<Typed>
        form={form}
        layout="vertical"
        initialValues={{ extent: 'supplement' }}
        onValuesChange={() => setTyped(true)}
        onFinish={(typed) => upload.mutate(typed)}
      >
        <Form.Item
          label={t('knowledge.file')}
          extra={t('knowledge.columns', { columns: columnsOf(table.spec) })}
        >
          <FileChoice name={t('knowledge.file')} accept=".csv,.xlsx" value={file} onChange={setFile} />
        </Form.Item>
        <Form.Item label={t('knowledge.extent')} name="extent">
          <Radio.Group
            options={batchExtents.map((extent) => ({
              value: extent,
              label: t(`knowledge.extent.${extent}`),
            }))}
          />
        </Form.Item>
        <Form.Item label={t('knowledge.source')} name="source" rules={[needed]}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item label={t('knowledge.batch')} name="batch" rules={[needed]}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item label={t('knowledge.published_at')} name="published_at" rules={[needed, day]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item label={t('knowledge.effective_from')} name="effective_from" rules={[needed, day]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item
          label={t('knowledge.effective_to')}
          name="effective_to"
          dependencies={['effective_from']}
          rules={[
            day,
            ({ getFieldValue }) => ({
              validator: (_, until: string | undefined) =>
                until === undefined || until === '' || until > getFieldValue('effective_from')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('knowledge.ends_before'))),
            }),
          ]}
        >
          <Input type="date" />
        </Form.Item>
        <Form.Item label={t('knowledge.supersedes')} name="supersedes">
          <Input maxLength={120} placeholder={table.in_force?.batch.batch ?? ''} />
        </Form.Item>
      </Form>
    </TypedModal>
  );
}
