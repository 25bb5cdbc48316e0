/** One tip: what it says, opened with the key of the office; what was done; and what may be done next, with the reason where it may not. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Drawer, Tag } from 'antd';
import { useState } from 'react';
import {
  bytesOfBase64,
  fingerprintOf,
  type KeyPair,
  openText,
  publicKeyText,
  tipInfo,
} from '../../publicity/seal-contract.ts';
import { type TipAction, tipActions } from '../../publicity/tip-states-contract.ts';
import { type TipContent, tipContentSchema, type TipDetail } from '../../publicity/tips-contract.ts';
import { Asked } from '../asked.tsx';
import { Fact } from '../fact.tsx';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { tipQuery } from '../tips-api.ts';
import { TipAttachments } from './tip-attachments.tsx';
import { StepModal } from './step-modal.tsx';

const skeletonRows = 8;
const drawerWidth = 640;

export function TipDrawer({ id, keys, onClose }: { id: number; keys: KeyPair | null; onClose: () => void }) {
  const { t } = useText();
  const asked = useQuery(tipQuery(id));
  return (
    <Drawer
      open
      size={drawerWidth}
      title={asked.data?.tip_no ?? t('room.tips')}
      onClose={onClose}
      styles={{ wrapper: { maxWidth: '100%' } }}
    >
      <Asked of={asked} rows={skeletonRows}>
        {(tip) => (
          <div className="stack">
            <Content tip={tip} keys={keys} />
            <Acts tip={tip} />
            <Steps tip={tip} />
          </div>
        )}
      </Asked>
    </Drawer>
  );
}

function Content({ tip, keys }: { tip: TipDetail; keys: KeyPair | null }) {
  const { t } = useText();
  const isKey = keys !== null && publicKeyText(keys) === tip.public_key;
  const opened = useQuery({
    queryKey: ['opened tip', tip.id, isKey],
    enabled: isKey,
    queryFn: async () => (isKey ? contentOf(tip, keys) : null),
    // It is nowhere but on the screen.
    gcTime: 0,
  });
  if (keys === null) return <Alert type="info" showIcon title={t('tip.key_closed')} />;
  if (!isKey)
    return (
      <Alert type="warning" showIcon title={t('tip.other_key', { key: fingerprintOf(tip.public_key) })} />
    );
  if (opened.data === undefined) return null;
  if (opened.data === null) return <Alert type="error" showIcon title={t('tip.cannot_open')} />;
  const { what, where, when, name, contact, is_insider, files } = opened.data;
  return (
    <section className="publicity-preview">
      <p className="published-story break">{what}</p>
      <dl className="claim-facts">
        <Fact name={t('tip.where')}>
          <span className="break">{where}</span>
        </Fact>
        <Fact name={t('tip.when')}>
          <span className="break">{when === '' ? t('value.none') : when}</span>
        </Fact>
        <Fact name={t('tip.who')}>
          <span className="break">{name === '' ? t('tip.anonymous') : name}</span>{' '}
          {is_insider && <Tag>{t('tip.inside')}</Tag>}
        </Fact>
        {contact !== '' && (
          <Fact name={t('tip.contact')}>
            <span className="break">{contact}</span>
          </Fact>
        )}
      </dl>
      <TipAttachments tip={tip} keys={keys} named={files} />
    </section>
  );
}

async function contentOf(tip: TipDetail, keys: KeyPair): Promise<TipContent | null> {
  const text = await openText(keys, tipInfo, bytesOfBase64(tip.sealed));
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Sealed by something that is not our form.
    return null;
  }
  const parsed = tipContentSchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

function Acts({ tip }: { tip: TipDetail }) {
  const { t, pick } = useText();
  const [doing, setDoing] = useState<TipAction | null>(null);
  return (
    <section>
      <h3 className="part-title">{t('tip.acts')}</h3>
      <div className="draw-acts">
        {tipActions.map((action) => {
          const refused = tip.refusals[action] ?? null;
          return (
            <Button
              key={action}
              size="small"
              disabled={refused !== null}
              title={refused === null ? undefined : pick(refused)}
              onClick={() => setDoing(action)}
            >
              {t(`tip.action.${action}`)}
            </Button>
          );
        })}
      </div>
      {doing !== null && <StepModal tip={tip} action={doing} onClose={() => setDoing(null)} />}
    </section>
  );
}

function Steps({ tip: { steps } }: { tip: TipDetail }) {
  const { t, language } = useText();
  if (steps.length === 0) return null;
  return (
    <section>
      <h3 className="part-title">{t('tip.steps')}</h3>
      <ul className="knowledge-rows">
        {steps.map(({ seq, action, on, account, detail, has_answer, case_no }) => (
          <li key={seq}>
            <strong>{t(`tip.action.${action}`)}</strong>{' '}
            <span className="quiet number">{t('tip.step', { day: on, account })}</span>{' '}
            {has_answer && <Tag>{t('tip.answered')}</Tag>}
            {detail.is_verified !== undefined && (
              <Tag>{detail.is_verified ? t('tip.verified.yes') : t('tip.verified.no')}</Tag>
            )}
            {detail.fen !== undefined && <Tag color="success">{money(yuanOf(detail.fen), language)}</Tag>}
            {case_no !== null && <Tag>{t('tip.in_case', { no: case_no })}</Tag>}
            {detail.fixmedins_code !== undefined && (
              <div className="quiet number">{detail.fixmedins_code}</div>
            )}
            {detail.claim_until !== undefined && (
              <div className="quiet number">{t('tip.claim_until', { day: detail.claim_until })}</div>
            )}
            {detail.voucher !== undefined && (
              <div className="quiet number break">{t('tip.voucher_no', { no: detail.voucher })}</div>
            )}
            {detail.reason !== undefined && <p className="break">{detail.reason}</p>}
            {detail.summary !== undefined && <p className="break">{detail.summary}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
