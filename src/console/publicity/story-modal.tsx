/** Writes a typical case of a closed one. It is looked at as everybody will see it before it is prepared. */
import { Form, Input, Select } from 'antd';
import {
  type PublicityDesk,
  type Story,
  storyCharsMax,
  titleCharsMax,
  type VersionAction,
} from '../../publicity/contract.ts';
import { FormModal } from '../form-modal.tsx';
import { useText } from '../language.tsx';
import { publicityApi, publicityKey } from '../publicity-api.ts';

export interface Writing {
  readonly action: Extract<VersionAction, 'publish' | 'correct'>;
  /** `null`: to be chosen. */
  readonly source: string | null;
  readonly story: Story | null;
}

interface Typed extends Story {
  readonly source?: string;
}

const storyCharsMin = 10;
const titleCharsMin = 4;

export function StoryModal({
  writing: { source, story },
  cases,
  onSeen,
  onClose,
}: {
  writing: Writing;
  cases: PublicityDesk['closed_cases'];
  onSeen: (source: string, story: Story) => void;
  onClose: () => void;
}) {
  const { t } = useText();
  return (
    <FormModal
      isOpen
      changes={publicityKey}
      title={t('publicity.write')}
      initialValues={story ?? {}}
      saysDone={false}
      send={async ({ source: chosen, ...typed }: Typed) => {
        const of = source ?? chosen ?? '';
        await publicityApi.preview({ kind: 'typical_case', source: of, story: typed });
        return { of, typed };
      }}
      onDone={({ of, typed }) => onSeen(of, typed)}
      onClose={onClose}
    >
      <p className="quiet">{t('publicity.write_note')}</p>
      {source === null && (
        <Form.Item
          label={t('publicity.of_case')}
          name="source"
          rules={[{ required: true, message: t('credit.needed') }]}
        >
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={cases.map(({ source: value, title }) => ({ value, label: title }))}
          />
        </Form.Item>
      )}
      <Form.Item
        label={t('publicity.story_title')}
        name="title"
        rules={[{ required: true, whitespace: true, min: titleCharsMin, message: t('publicity.too_short') }]}
      >
        <Input maxLength={titleCharsMax} showCount />
      </Form.Item>
      {(['facts', 'handling', 'lesson'] as const).map((part) => (
        <Form.Item
          key={part}
          label={t(`published.story.${part}`)}
          name={part}
          rules={[
            { required: true, whitespace: true, min: storyCharsMin, message: t('publicity.too_short') },
          ]}
        >
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={storyCharsMax} showCount />
        </Form.Item>
      ))}
    </FormModal>
  );
}
