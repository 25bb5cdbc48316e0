/** Freezes a plan. It is written as JSON, from an example; what is wrong with it is said beside it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Input } from 'antd';
import { useState } from 'react';
import { type DrawPlan, planSchema } from '../../inspection/contract.ts';
import type { DrawDetail } from '../../inspection/draws-contract.ts';
import { entropyFault, entropyWords } from '../../inspection/entropy-contract.ts';
import { faultInChinese } from '../../platform/fault-contract.ts';
import { Failure } from '../failure.tsx';
import { drawsQuery, inspectionApi, inspectionsKey } from '../inspection-api.ts';
import { type Text, useText } from '../language.tsx';
import { jsonFault } from '../../platform/json-text-contract.ts';
import { examplePlan } from './example-plan.ts';
import { TypedModal } from '../unsaved.tsx';

const rows = 22;
const planMax = 200_000;
/** Faults that are shown; the first ones are to be mended first. */
const faultsMax = 6;

type Read = { readonly plan: DrawPlan } | { readonly faults: readonly string[] };

function readPlan(text: string, { t, pick }: Text): Read {
  const fault = jsonFault(text);
  if (fault !== null)
    return { faults: [t('quarantine.not_json', { line: fault.line, column: fault.column })] };
  const parsed = planSchema.safeParse(JSON.parse(text));
  return parsed.success
    ? { plan: parsed.data }
    : {
        faults: parsed.error.issues.map(
          (issue) =>
            `${['$', ...issue.path.map(String)].join('.')}: ${pick({ zh: faultInChinese(issue), en: issue.message })}`,
        ),
      };
}

export function CommitModal({
  isOpen,
  redrawOf = null,
  plan,
  onDone,
  onClose,
}: {
  isOpen: boolean;
  /** The draw whose place it takes. */
  redrawOf?: number | null;
  plan?: DrawPlan;
  onDone: (draw: DrawDetail) => void;
  onClose: () => void;
}) {
  const words = useText();
  const { t, pick } = words;
  const queryClient = useQueryClient();
  const [offered] = useState(() => JSON.stringify(plan ?? examplePlan(), null, 2));
  const [text, setText] = useState(offered);
  const read = readPlan(text, words);
  const least = useQuery({ ...drawsQuery, enabled: isOpen }).data?.published_bits_min ?? 0;
  const source = 'plan' in read ? read.plan.seed_source : null;
  const guessable = source === null ? null : entropyFault(source, least);
  const commit = useMutation({
    mutationFn: (given: DrawPlan) => inspectionApi.commit(given, redrawOf),
    onSuccess: async (detail) => {
      await queryClient.invalidateQueries({ queryKey: inspectionsKey });
      close();
      onDone(detail);
    },
  });
  const close = (): void => {
    setText(offered);
    onClose();
  };
  return (
    <TypedModal
      isTyped={text !== offered && !commit.isPending}
      open={isOpen}
      width={760}
      title={redrawOf === null ? t('draw.new') : t('draw.redraw')}
      okText={t('draw.commit')}
      okButtonProps={{ disabled: !('plan' in read) || guessable !== null, loading: commit.isPending }}
      onOk={() => {
        if ('plan' in read) commit.mutate(read.plan);
      }}
      onClose={close}
    >
      <div className="stack">
        <p className="quiet">{t('draw.commit_note')}</p>
        <Input.TextArea
          className="json"
          aria-label={t('draw.plan')}
          rows={rows}
          maxLength={planMax}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        {'faults' in read && (
          <Alert
            type="warning"
            showIcon
            title={read.faults.slice(0, faultsMax).map((fault) => (
              <div key={fault} className="break">
                {fault}
              </div>
            ))}
          />
        )}
        {guessable !== null && (
          <Alert type="warning" showIcon title={<span className="break">{pick(guessable)}</span>} />
        )}
        {guessable === null && source?.kind === 'published' && (
          <Alert
            type="success"
            showIcon
            title={t('draw.entropy_enough', { words: pick(entropyWords(source)), least })}
          />
        )}
        {commit.error !== null && <Failure error={commit.error} />}
      </div>
    </TypedModal>
  );
}
