/** Freezes a plan. It is filled in as a form or written as JSON, over the same text; what is wrong with it is said beside it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Input, Segmented } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { DrawPlan } from '../../inspection/contract.ts';
import type { DrawDetail } from '../../inspection/draws-contract.ts';
import { entropyWords } from '../../inspection/entropy-contract.ts';
import { ApiError } from '../api.ts';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { drawsQuery, inspectionApi, inspectionsKey } from '../inspection-api.ts';
import { withEdit } from '../json-document.ts';
import { useText } from '../language.tsx';
import { TypedModal } from '../unsaved.tsx';
import { examplePlan } from './example-plan.ts';
import { type PlacedFault, placeOf, planDocumentOf, readPlan } from './plan-document.ts';
import { PlanEditing } from './plan-fields.tsx';
import { PlanForm } from './plan-form.tsx';

const rows = 22;
const planMax = 200_000;
/** Faults that are shown; the first ones are to be mended first. */
const faultsMax = 6;
/** Where the plan stands in what is sent. */
const sentAs = /^\/plan(?=\/|$)/;

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
  const [view, setView] = useState<'form' | 'json'>('form');
  const [been, setBeen] = useState<ReadonlySet<string>>(new Set());
  const [isPressed, setPressed] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const document = useMemo(() => planDocumentOf(text), [text]);
  const least = useQuery({ ...drawsQuery, enabled: isOpen }).data?.published_bits_min ?? 0;
  const read = readPlan(text, least, words);
  const commit = useMutation({
    mutationFn: (given: DrawPlan) => inspectionApi.commit(given, redrawOf),
    onSuccess: async (detail) => {
      await queryClient.invalidateQueries({ queryKey: inspectionsKey });
      close();
      onDone(detail);
    },
  });
  const refused = commit.error instanceof ApiError ? commit.error.issues : [];
  const faults: PlacedFault[] = [
    ...read.faults,
    ...refused.map(({ path, message }) => ({ place: path.replace(sentAs, ''), words: pick(message) })),
  ];
  const isForm = view === 'form' && document !== null;
  const isAllSaid = !isForm || isPressed;
  // What has no field is said before the buttons.
  const loose = isForm ? read.faults.filter(({ place }) => place === '') : read.faults;
  const source = read.plan?.seed_source;
  const change = (changed: string): void => {
    setText(changed);
    if (commit.error !== null) commit.reset();
  };
  const close = (): void => {
    setText(offered);
    setView('form');
    setBeen(new Set());
    setPressed(false);
    commit.reset();
    onClose();
  };
  useEffect(() => {
    if (isPressed) body.current?.querySelector<HTMLElement>('.ant-form-item-has-error input')?.focus();
  }, [isPressed]);
  return (
    <TypedModal
      isTyped={text !== offered && !commit.isPending}
      open={isOpen}
      width={760}
      title={redrawOf === null ? t('draw.new') : t('draw.redraw')}
      okText={t('draw.commit')}
      okButtonProps={{ disabled: read.faults.length > 0 && isAllSaid, loading: commit.isPending }}
      onOk={() => {
        setPressed(true);
        if (read.plan !== null && read.faults.length === 0) commit.mutate(read.plan);
      }}
      onClose={close}
    >
      <div className="stack" ref={body}>
        <p className="quiet">{t('draw.commit_note')}</p>
        <div>
          <Segmented
            aria-label={t('edit.view')}
            value={view}
            onChange={setView}
            options={[
              { value: 'form', label: t('edit.form') },
              { value: 'json', label: t('edit.json') },
            ]}
          />
        </div>
        {view === 'form' ? (
          <PlanEditing
            value={{
              faults,
              isSaid: (place) => isPressed || been.has(place),
              put: (path, value) => {
                setBeen((before) => new Set([...before, placeOf(path)]));
                change(withEdit(text, { path: [...path], value }));
              },
            }}
          >
            <PlanForm plan={document} />
          </PlanEditing>
        ) : (
          <Input.TextArea
            className="json"
            aria-label={t('draw.plan')}
            rows={rows}
            maxLength={planMax}
            spellCheck={false}
            value={text}
            onChange={({ target }) => change(target.value)}
          />
        )}
        {loose.length > 0 && (
          <Alert
            type="warning"
            showIcon
            title={loose.slice(0, faultsMax).map(({ place, words: said }) => (
              <div key={`${place} ${said}`} className="break">
                {`$${place.replaceAll('/', '.')}: ${said}`}
              </div>
            ))}
          />
        )}
        {isForm && isPressed && read.faults.length > loose.length && (
          <Alert type="warning" showIcon title={t('plan.to_mend', { n: count(read.faults.length) })} />
        )}
        {read.faults.length === 0 && source?.kind === 'published' && (
          <Alert
            type="success"
            showIcon
            title={t('draw.entropy_enough', { words: pick(entropyWords(source)), least })}
          />
        )}
        {commit.error !== null && <Failure error={commit.error} isAtFields={isForm} />}
      </div>
    </TypedModal>
  );
}
