import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Popconfirm, Segmented, Tag } from 'antd';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { Failure } from '../failure.tsx';
import { instant } from '../format.ts';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { draftQuery, rulebookApi, rulebookKey, ruleSchemaQuery, type Texts } from '../rulebook-api.ts';
import { useUnsaved } from '../unsaved.tsx';
import { CheckWords } from './check-words.tsx';
import { CodeEditor, type CodeEditorHandle } from './code-editor.tsx';
import { RuleForm } from './rule-form.tsx';
import { useSettled } from './use-settled.ts';

const checkAfterMs = 400;
const saveAfterMs = 1_500;

export function Editor(props: {
  code: string;
  basedOn: string | null;
  savedAt: string | null;
  texts: Texts;
}) {
  const { code, basedOn } = props;
  const { t } = useText();
  const [texts, setTexts] = useState(props.texts);
  const [view, setView] = useState<'json' | 'form'>('json');
  const documentEditor = useRef<CodeEditorHandle>(null);
  const examplesEditor = useRef<CodeEditorHandle>(null);
  const draft = useDraft({ code, basedOn, texts, first: props.texts, savedAt: props.savedAt });
  const settled = useSettled(texts, checkAfterMs);
  const checked = useQuery({
    queryKey: ['rule check', code, settled],
    queryFn: ({ signal }) => rulebookApi.check(code, settled, { signal }),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const schema = useQuery(ruleSchemaQuery);
  const check = checked.data;
  const isChecked = settled === texts && !checked.isPlaceholderData && check !== undefined;
  const issues = useMemo(() => check?.issues ?? [], [check]);
  const exampleIssues = useMemo(() => check?.example_issues ?? [], [check]);
  const setDocument = (document: string): void => setTexts((before) => ({ ...before, document }));
  const goTo = (part: keyof Texts, path: string): void => {
    if (part === 'document') setView('json');
    // The editor may only be drawn by the change of view.
    requestAnimationFrame(() => {
      const editor = part === 'document' ? documentEditor : examplesEditor;
      editor.current?.goTo(path);
    });
  };
  return (
    <>
      <EditorBar
        code={code}
        draft={draft}
        isReady={isChecked && check.lint_clean && check.examples_pass}
        isRule={isChecked && check.lint_clean}
      />
      {[draft.save.error, checked.error].map(
        (error, index) => error !== null && <Failure key={index === 0 ? 'save' : 'check'} error={error} />,
      )}
      <div className="editor-grid">
        <Card
          size="small"
          title={t('edit.document')}
          extra={
            <Segmented
              size="small"
              aria-label={t('edit.view')}
              value={view}
              onChange={setView}
              options={[
                { value: 'json', label: t('edit.json') },
                { value: 'form', label: t('edit.form') },
              ]}
            />
          }
        >
          {view === 'json' ? (
            <>
              <CodeEditor
                ref={documentEditor}
                label={t('edit.document')}
                value={texts.document}
                onChange={setDocument}
                issues={issues}
                schema={schema.data}
              />
              <p className="quiet">{t('edit.keys_hint')}</p>
            </>
          ) : (
            <RuleForm text={texts.document} onChange={setDocument} />
          )}
        </Card>
        <div className="stack">
          <Card
            size="small"
            title={t('edit.check')}
            extra={!isChecked && checked.error === null && <Tag>{t('edit.checking')}</Tag>}
          >
            {check !== undefined && <CheckWords check={check} onPlace={goTo} />}
          </Card>
          <Card size="small" title={t('book.examples')}>
            <CodeEditor
              ref={examplesEditor}
              label={t('book.examples')}
              value={texts.examples}
              onChange={(examples) => setTexts((before) => ({ ...before, examples }))}
              issues={exampleIssues}
              isShort
            />
          </Card>
        </div>
      </div>
    </>
  );
}

type DraftState = ReturnType<typeof useDraft>;

/** Saves by itself what somebody has changed and then left alone. */
function useDraft(given: {
  code: string;
  basedOn: string | null;
  texts: Texts;
  first: Texts;
  savedAt: string | null;
}) {
  const { code, basedOn, texts } = given;
  const [saved, setSaved] = useState({ texts: given.first, at: given.savedAt });
  const save = useMutation({
    mutationFn: (typed: Texts) => rulebookApi.saveDraft(code, typed, basedOn),
    // One after the other: an earlier text must not arrive after a later one.
    scope: { id: `rule draft ${code}` },
    onSuccess: ({ updated_at }, typed) => setSaved({ texts: typed, at: updated_at }),
  });
  const settled = useSettled(texts, saveAfterMs);
  const saveSettled = useEffectEvent((typed: Texts) => {
    if (!isSame(typed, saved.texts)) save.mutate(typed);
  });
  useEffect(() => saveSettled(settled), [settled]);
  const isDiscarded = useRef(false);
  const saveRest = useEffectEvent(() => {
    if (!isDiscarded.current && !isSame(texts, saved.texts)) save.mutate(texts);
  });
  // Whoever leaves the page at once loses nothing.
  useEffect(() => () => saveRest(), []);
  const isSaved = isSame(texts, saved.texts);
  useUnsaved(!isSaved, { isSentOnLeaving: true });
  return {
    save,
    savedAt: saved.at,
    isSaved,
    discard: async (): Promise<void> => {
      await rulebookApi.discardDraft(code);
      isDiscarded.current = true;
    },
    /** What is typed as of now, whatever was saved of it. */
    saveNow: () => save.mutateAsync(texts),
  };
}

const isSame = (one: Texts, other: Texts): boolean =>
  one.document === other.document && one.examples === other.examples;

function EditorBar(props: { code: string; draft: DraftState; isReady: boolean; isRule: boolean }) {
  const { code, draft } = props;
  const { t } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const leave = async (to: string): Promise<void> => {
    await navigate(to);
    queryClient.removeQueries({ queryKey: draftQuery(code).queryKey });
    await queryClient.invalidateQueries({ queryKey: rulebookKey });
  };
  const discard = useMutation({
    mutationFn: draft.discard,
    onSuccess: () => leave(paths.rules()),
  });
  const backtest = useMutation({
    mutationFn: async () => {
      await draft.saveNow();
      return rulebookApi.backtestDraft(code);
    },
    onSuccess: (run) => leave(paths.ruleRun(code, run.id)),
  });
  const submit = useMutation({
    mutationFn: async () => {
      await draft.saveNow();
      return rulebookApi.submitDraft(code);
    },
    onSuccess: async ({ version }) => {
      void message.success(t('edit.submitted'));
      await leave(paths.ruleVersions(code, version.content_hash));
    },
  });
  const isBusy = discard.isPending || backtest.isPending || submit.isPending;
  const failed = discard.error ?? backtest.error ?? submit.error;
  return (
    <>
      <div className="editor-bar">
        <span className="quiet" role="status">
          {savedWords(draft, t)}
        </span>
        <Popconfirm
          title={t('edit.discard_sure')}
          disabled={draft.savedAt === null}
          onConfirm={() => discard.mutate()}
        >
          <Button disabled={draft.savedAt === null || isBusy} title={t('edit.discard')}>
            {t('edit.discard')}
          </Button>
        </Popconfirm>
        <Button
          disabled={!props.isRule || isBusy}
          title={props.isRule ? undefined : t('edit.not_a_rule')}
          loading={backtest.isPending}
          onClick={() => backtest.mutate()}
        >
          {t('book.backtest')}
        </Button>
        <Button
          type="primary"
          disabled={!props.isReady || isBusy}
          title={props.isReady ? undefined : t('edit.not_ready')}
          loading={submit.isPending}
          onClick={() => submit.mutate()}
        >
          {t('book.act.submit')}
        </Button>
      </div>
      {failed !== null && <Failure error={failed} />}
    </>
  );
}

function savedWords(draft: DraftState, t: ReturnType<typeof useText>['t']): string {
  if (draft.save.isPending) return t('edit.saving');
  if (!draft.isSaved) return t('edit.unsaved');
  return draft.savedAt === null ? t('edit.no_draft') : t('edit.saved_at', { time: instant(draft.savedAt) });
}
