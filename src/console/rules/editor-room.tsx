/** Where a rule is written: its text and its examples, checked as one types, and kept as a draft of one's own. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Form, Input } from 'antd';
import { Link, useNavigate, useParams } from 'react-router';
import { ruleCodeSchema, type Draft, type RuleHistory, type VersionDetail } from '../../rulebook/contract.ts';
import type { ApiError } from '../api.ts';
import { Failure } from '../failure.tsx';
import { BackIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { draftQuery, ruleHistoryQuery, type Texts, versionQuery } from '../rulebook-api.ts';
import { RoomSkeleton } from '../skeletons.tsx';
import { Editor } from './editor.tsx';
import { emptyTexts } from './empty-rule.ts';

const notFoundStatus = 404;
const codeMax = 60;

export function NewRuleRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <>
      <Back to={paths.rules()} words={t('room.rules')} />
      <PageHead title={t('book.new')} note={t('edit.new_note')} />
      <Card size="small">
        <Form
          layout="vertical"
          requiredMark={false}
          className="narrow-form"
          onFinish={({ code }: { code: string }) => void navigate(paths.ruleEditor(code.trim()))}
        >
          <Form.Item
            label={t('field.rule_code')}
            name="code"
            extra={t('edit.code_form')}
            rules={[
              {
                validator: async (_, code: unknown) => {
                  if (!ruleCodeSchema.safeParse(code).success) throw new Error(t('edit.code_form'));
                },
              },
            ]}
          >
            <Input maxLength={codeMax} autoComplete="off" spellCheck={false} />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {t('edit.begin')}
          </Button>
        </Form>
      </Card>
    </>
  );
}

export function EditorRoom() {
  const { t } = useText();
  const { code = '' } = useParams();
  const draft = useQuery(draftQuery(code));
  const history = useQuery(ruleHistoryQuery(code));
  const isNew = isNotFound(history.error);
  const base = baseOf(draft.data, history.data);
  const version = useQuery({
    ...versionQuery(base ?? ''),
    enabled: draft.data === null && base !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const error = draft.error ?? (isNew ? null : history.error) ?? version.error;
  const isThere =
    draft.data !== undefined &&
    (history.data !== undefined || isNew) &&
    (draft.data !== null || base === null || version.data !== undefined);
  return (
    <>
      <Back to={isNew ? paths.rules() : paths.ruleVersions(code)} words={code} />
      <PageHead title={t('edit.title', { code })} />
      {error !== null && (
        <Failure error={error} onRetry={() => void Promise.all([draft.refetch(), history.refetch()])} />
      )}
      {error === null &&
        (isThere ? (
          <Editor
            key={code}
            code={code}
            basedOn={base}
            savedAt={draft.data?.updated_at ?? null}
            texts={textsOf(code, draft.data, version.data)}
          />
        ) : (
          <RoomSkeleton />
        ))}
    </>
  );
}

const isNotFound = (error: ApiError | null): boolean => error?.status === notFoundStatus;

/** A draft goes on from where it began; a new one begins at what is in force, else at the latest version. */
function baseOf(draft: Draft | null | undefined, history: RuleHistory | undefined): string | null {
  if (draft != null) return draft.based_on;
  const versions = history?.versions ?? [];
  return (versions.find(({ state }) => state === 'active') ?? versions[0])?.content_hash ?? null;
}

function textsOf(code: string, draft: Draft | null, version: VersionDetail | undefined): Texts {
  if (draft !== null) return { document: draft.document, examples: draft.examples };
  if (version === undefined) return emptyTexts(code);
  return {
    document: JSON.stringify(version.document, null, 2),
    examples: JSON.stringify(version.examples, null, 2),
  };
}

function Back({ to, words }: { to: string; words: string }) {
  return (
    <div className="finding-bar">
      <Link className="back-link break" to={to}>
        <BackIcon /> {words}
      </Link>
    </div>
  );
}
