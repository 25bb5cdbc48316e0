/** The items of a check: three large answers, amount and note of a problem, photos. Without a draft they are read only. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, Popconfirm, Radio, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import {
  type CheckItem,
  type HeldAnswer,
  noteMax,
  type Photo,
  type TaskDetail,
  type Verdict,
  verdicts,
} from '../../inspection/on-site-contract.ts';
import { Failure } from '../failure.tsx';
import { count, instant, money } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { apiPaths, paths } from '../paths.ts';
import { fenOfTyped, yuanOf } from '../reviews/fen.ts';
import { taskApi, taskKey } from '../task-api.ts';
import type { Draft, DraftAnswer, DraftState } from './draft.ts';
import { YuanField } from '../yuan-input.tsx';

export type OpenDraft = Draft & { readonly now: DraftState };
const shownKinds = ['every', 'open', 'problem'] as const;

export function ChecklistPanel({ task, draft }: { task: TaskDetail; draft: OpenDraft | null }) {
  const { t, pick } = useText();
  const [shown, setShown] = useState<(typeof shownKinds)[number]>('every');
  const { checklist } = task;
  if (checklist === null) return null;
  const held = new Map(task.answers.map((answer) => [answer.item, answer]));
  const verdictOf = (item: CheckItem): Verdict | null => {
    const typed = draft?.now.answers.get(item.code);
    return typed === undefined ? (held.get(item.code)?.verdict ?? null) : typed.verdict;
  };
  const items = checklist.items.filter((item) => {
    const verdict = verdictOf(item);
    return shown === 'every' || (shown === 'open' ? verdict === null : verdict === 'problem');
  });
  return (
    <Card
      size="small"
      title={
        <>
          {pick(checklist.name)} {checklist.standing === '示例' && <Tag>{t('check.example')}</Tag>}
        </>
      }
    >
      <Segmented
        className="check-filter"
        value={shown}
        onChange={setShown}
        options={shownKinds
          // What is signed has nothing open.
          .filter((value) => draft !== null || value !== 'open')
          .map((value) => ({ value, label: t(`check.shown.${value}`) }))}
      />
      {task.hidden_items > 0 && (
        <p className="quiet check-hidden">{t('check.hidden', { n: count(task.hidden_items) })}</p>
      )}
      <ol className="check-items">
        {items.map((item) => (
          <Item
            key={item.code}
            task={task}
            item={item}
            held={held.get(item.code)}
            photos={task.photos.filter((photo) => photo.item === item.code)}
            draft={draft}
          />
        ))}
        {items.length === 0 && <li className="quiet">{t('check.no_items')}</li>}
      </ol>
    </Card>
  );
}

interface ItemGiven {
  readonly task: TaskDetail;
  readonly item: CheckItem;
  readonly held: HeldAnswer | undefined;
  readonly photos: readonly Photo[];
  readonly draft: OpenDraft | null;
}

function Item(given: ItemGiven) {
  const { pick } = useText();
  const { item, draft, held } = given;
  const typed = draft?.now.answers.get(item.code);
  const verdict = typed === undefined ? (held?.verdict ?? null) : typed.verdict;
  return (
    <li className={verdict === null ? 'check-item' : `check-item check-${verdict}`} data-item={item.code}>
      <div className="check-text">{pick(item.text)}</div>
      <Source {...given} />
      {draft === null ? <Answered {...given} /> : <Answering {...given} draft={draft} />}
      <Photos {...given} />
    </li>
  );
}

function Source({ task, item }: ItemGiven) {
  const { t, language } = useText();
  const may = useMay();
  const { findings, basis } = item;
  if (findings === null) return <div className="quiet break">{basis}</div>;
  const words = t('check.found', {
    n: count(findings.count),
    money: money(yuanOf(findings.fen), language),
  });
  return (
    <div className="quiet">
      {may('findings.read') ? (
        <Link to={paths.findings({ fixmedins_code: task.object.object_id, rule_code: basis })}>{words}</Link>
      ) : (
        words
      )}
    </div>
  );
}

function Answered({ held }: ItemGiven) {
  const { t, language } = useText();
  if (held === undefined) return null;
  const { verdict, fen, note, account, at } = held;
  return (
    <div>
      <Tag color={verdict === 'problem' ? 'error' : verdict === 'conform' ? 'success' : 'default'}>
        {t(`check.verdict.${verdict}`)}
      </Tag>
      {fen !== null && <b className="number">{money(yuanOf(fen), language)}</b>}{' '}
      <span className="quiet">
        {account} {instant(at)}
      </span>
      {note !== '' && <div className="break">{note}</div>}
    </div>
  );
}

function Answering({ item, held, draft }: ItemGiven & { readonly draft: OpenDraft }) {
  const { t, language } = useText();
  const may = useMay()('inspections.carry_out');
  const typed = draft.now.answers.get(item.code);
  const shown: DraftAnswer = typed ?? {
    item: item.code,
    verdict: held?.verdict ?? null,
    fen: held?.fen ?? null,
    note: held?.note ?? '',
    seen: held?.seq ?? null,
  };
  const change = (changed: Partial<DraftAnswer>): void =>
    draft.answer({ ...shown, seen: typed?.seen ?? held?.seq ?? null, ...changed });
  return (
    <>
      <Radio.Group
        className="check-answer"
        optionType="button"
        buttonStyle="solid"
        size="large"
        disabled={!may}
        value={shown.verdict}
        options={verdicts.map((value) => ({ value, label: t(`check.verdict.${value}`) }))}
        onChange={({ target }) => {
          const verdict = verdicts.find((one) => one === target.value) ?? null;
          change({ verdict, fen: verdict === 'problem' ? shown.fen : null });
        }}
      />
      {shown.verdict === 'problem' && (
        <YuanField
          className="check-money"
          size="large"
          aria-label={t('check.amount')}
          placeholder={t('check.amount')}
          value={shown.fen === null ? null : Number(yuanOf(shown.fen))}
          onChange={(yuan) => change({ fen: yuan === null ? null : fenOfTyped(yuan) })}
        />
      )}
      {(shown.verdict === 'problem' || shown.note !== '') && (
        <Input.TextArea
          aria-label={t('check.note')}
          placeholder={t('check.note')}
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={noteMax}
          status={shown.verdict === 'problem' && shown.note.trim() === '' ? 'warning' : ''}
          value={shown.note}
          onChange={({ target }) => change({ note: target.value })}
        />
      )}
      {draft.now.conflicts.has(item.code) && held !== undefined && (
        <div className="check-conflict">
          <div className="break">
            {t('check.conflict', {
              account: held.account,
              answer: t(`check.verdict.${held.verdict}`),
              money: held.fen === null ? '' : money(yuanOf(held.fen), language),
              note: held.note,
            })}
          </div>
          <Button onClick={() => draft.keepMine(item.code, held.seq)}>{t('check.keep_mine')}</Button>
          <Button onClick={() => draft.takeTheirs(item.code)}>{t('check.take_theirs')}</Button>
        </div>
      )}
    </>
  );
}

function Photos({ task, item, photos, draft }: ItemGiven) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: (no: number) => taskApi.removePhoto(task.id, no),
    onSuccess: (next) => queryClient.setQueryData(taskKey(task.id), next),
  });
  const waiting = draft?.now.photos.filter((photo) => photo.item === item.code) ?? [];
  return (
    <>
      {(photos.length > 0 || waiting.length > 0) && (
        <ul className="check-photos">
          {photos.map(({ no, sha256 }) => (
            <li key={no}>
              <a href={apiPaths.taskPhoto(task.id, no)} target="_blank" rel="noreferrer">
                <img src={apiPaths.taskPhoto(task.id, no)} alt={t('check.photo_of', { no })} loading="lazy" />
              </a>
              <code title={sha256}>{sha256.slice(0, 8)}</code>
              {draft !== null && (
                <Popconfirm title={t('check.remove_photo_sure')} onConfirm={() => remove.mutate(no)}>
                  <Button size="small" type="text">
                    {t('edit.remove')}
                  </Button>
                </Popconfirm>
              )}
            </li>
          ))}
          {waiting.map(({ id }) => (
            <li key={id} className="quiet">
              {t('check.photo_waits')}
              <Button size="small" type="text" onClick={() => draft?.dropPhoto(id)}>
                {t('edit.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {remove.error !== null && <Failure error={remove.error} />}
      {draft !== null && (
        <label className="check-photo-add">
          {t(item.needs_photo ? 'check.photo_needed' : 'check.photo')}
          <input
            type="file"
            accept="image/jpeg,image/png"
            capture="environment"
            onChange={({ target }) => {
              for (const file of target.files ?? []) draft.photo(item.code, file);
              // The same picture can be chosen again after it was removed.
              target.value = '';
            }}
          />
        </label>
      )}
    </>
  );
}
