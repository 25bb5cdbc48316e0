/** One case: where it stands, what may be done now and why the rest may not, its periods, amounts, evidence, documents and every step. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Form, Input, Table, Tag, Tooltip } from 'antd';
import { Fragment, useState } from 'react';
import { Link, useParams } from 'react-router';
import { type Action, commandSchema } from '../../cases/contract.ts';
import type { CaseDetail } from '../../cases/view-contract.ts';
import { AreaName } from '../area-name.tsx';
import { Asked } from '../asked.tsx';
import { caseApi, caseDocumentsQuery, caseQuery, casesKey, type CaseWay } from '../case-api.ts';
import { Fact } from '../fact.tsx';
import { FormModal } from '../form-modal.tsx';
import { money, sizeOf } from '../format.ts';
import { BackIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { PagedCards } from '../persons/paged-cards.tsx';
import { apiPaths, paths } from '../paths.ts';
import { yuanOf } from '../reviews/fen.ts';
import { AddEvidenceFile } from './add-evidence-file.tsx';
import { ActFields, detailFrom, fieldsOf, type Typed, typedFrom } from './act-fields.tsx';
import { ClockWords } from './clock-words.tsx';
import { EvidenceFields, givenEvidence, type TypedEvidence } from './evidence-fields.tsx';
import { ConfirmAmounts } from './confirm-amounts.tsx';
import { knownOf } from './known.ts';
import { Referrals } from './referrals.tsx';

const skeletonRows = 12;
/** Of a text that is typed; longer ones come over the API. */
const contentMax = 100_000;
type Offer = CaseDetail['offers'][number];

/** In which role somebody may act, and the permission that it takes. */
const ways = [
  { role: 'case_officer', way: 'handle', permission: 'cases.handle' },
  { role: 'legal_reviewer', way: 'review', permission: 'cases.review' },
  { role: 'leader', way: 'decide', permission: 'cases.decide' },
] as const;

const actionOf = (name: string): Action | null =>
  commandSchema.options.map(({ shape }) => shape.action.value).find((action) => action === name) ?? null;

export function CaseRoom() {
  const { t } = useText();
  const { id = '' } = useParams();
  const asked = useQuery(caseQuery(id));
  return (
    <>
      <div className="finding-bar">
        <Link className="back-link" to={paths.cases()}>
          <BackIcon />
          {t('room.cases')}
        </Link>
      </div>
      <PageHead
        title={asked.data?.case_no ?? t('room.cases')}
        note={asked.data !== undefined && <Tag>{t(`case.state.${asked.data.state}`)}</Tag>}
        extra={
          asked.data !== undefined && (
            <Button href={apiPaths.casePackage(id)} download>
              {t('case.archive')}
            </Button>
          )
        }
      />
      <Asked of={asked} rows={skeletonRows}>
        {(detail) => (
          <div className="finding-grid">
            <div className="stack">
              <Acts detail={detail} />
              <Facts detail={detail} />
              <Evidence detail={detail} />
              <Steps detail={detail} />
            </div>
            <div className="stack">
              <Referrals detail={detail} />
              <Clocks detail={detail} />
              <Documents id={detail.id} revision={detail.revision} />
            </div>
          </div>
        )}
      </Asked>
    </>
  );
}

/** What may be done now; behind it what else has a place in this state, and why it may not be done. */
function Acts({ detail }: { detail: CaseDetail }) {
  const { t, pick } = useText();
  const may = useMay();
  const [doing, setDoing] = useState<{
    readonly action: Action;
    readonly offer: Offer;
    readonly way: CaseWay;
  } | null>(null);
  const shown = detail.offers.map((offer) => {
    const way = ways.find(({ role, permission }) => offer.roles.includes(role) && may(permission));
    const why =
      offer.refused !== null ? pick(offer.refused) : way === undefined ? t('state.forbidden') : null;
    return { offer, way: way?.way, action: actionOf(offer.action), why };
  });
  const refused = shown.filter(({ why }) => why !== null);
  return (
    <Card size="small" title={t('case.acts')}>
      <div className="knowledge-acts">
        {shown.map(({ offer, way, action, why }) =>
          why !== null || way === undefined || action === null ? null : action === 'add_evidence' ? (
            <Fragment key={action}>
              <AddEvidence detail={detail} offer={offer} />
              <AddEvidenceFile detail={detail} offer={offer} />
            </Fragment>
          ) : (
            <Fragment key={action}>
              <Tooltip title={offer.basis}>
                <Button onClick={() => setDoing({ action, offer, way })}>{pick(offer.name)}</Button>
              </Tooltip>
              {action === 'confirm_amount' && <ConfirmAmounts detail={detail} way={way} />}
            </Fragment>
          ),
        )}
        {refused.length === shown.length && <span className="quiet">{t('case.no_acts')}</span>}
      </div>
      {refused.length > 0 && (
        <details className="case-refused">
          <summary>{t('case.refused', { n: refused.length })}</summary>
          <dl className="review-why">
            {refused.map(({ offer, why }) => (
              <Fact key={offer.action} name={pick(offer.name)}>
                {why}
              </Fact>
            ))}
          </dl>
        </details>
      )}
      {doing !== null && <ActModal {...doing} detail={detail} onClose={() => setDoing(null)} />}
    </Card>
  );
}

interface TypedText extends TypedEvidence {
  readonly content: string;
}

/** Evidence comes with its content, which is frozen as it is. */
function AddEvidence({ detail: { id, revision }, offer }: { detail: CaseDetail; offer: Offer }) {
  const { t, pick } = useText();
  const [isOpen, setOpen] = useState(false);
  const needed = { required: true, whitespace: true, message: t('draw.needed') };
  return (
    <>
      <Tooltip title={offer.basis}>
        <Button onClick={() => setOpen(true)}>{pick(offer.name)}</Button>
      </Tooltip>
      <FormModal<TypedText, unknown>
        isOpen={isOpen}
        changes={casesKey}
        title={pick(offer.name)}
        initialValues={{ kind: 'documentary' }}
        send={({ content, ...typed }) =>
          caseApi.addEvidence(id, { ...givenEvidence(typed, revision), content })
        }
        onClose={() => setOpen(false)}
      >
        <EvidenceFields />
        <Form.Item label={t('case.evidence_content')} name="content" rules={[needed]}>
          <Input.TextArea rows={6} maxLength={contentMax} />
        </Form.Item>
      </FormModal>
    </>
  );
}

function ActModal({
  action,
  offer,
  way,
  detail,
  onClose,
}: {
  action: Action;
  offer: Offer;
  way: CaseWay;
  detail: CaseDetail;
  onClose: () => void;
}) {
  const { pick } = useText();
  const { id, revision } = detail;
  const fields = fieldsOf(action, detail);
  return (
    <FormModal<Typed, unknown>
      isOpen
      changes={casesKey}
      title={pick(offer.name)}
      initialValues={typedFrom(fields, { ...knownOf(detail) })}
      send={(typed) => caseApi.act(id, way, { revision, action, detail: detailFrom(fields, typed) })}
      onClose={onClose}
    >
      <p className="quiet">{offer.basis}</p>
      <ActFields fields={fields} />
    </FormModal>
  );
}

function Facts({
  detail: { subject, subject_name, name, officers, area, amounts, late_fee_fen },
}: {
  detail: CaseDetail;
}) {
  const { t, language } = useText();
  const sums = [
    ['flagged', amounts.flagged_fen],
    ['confirmed', amounts.confirmed_fen],
    ['refund_decided', amounts.refund_decided_fen],
    ['recovered', amounts.recovered_fen],
    ['fine_decided', amounts.fine_decided_fen],
    ['fine_paid', amounts.fine_paid_fen],
    ['late_fee', late_fee_fen],
  ] as const;
  return (
    <Card size="small" title={name ?? t('case.facts')}>
      <dl className="claim-facts">
        <Fact name={t('case.subject')}>
          {subject_name !== null && <span className="break">{subject_name} </span>}
          <span className={subject_name === null ? 'break' : 'quiet break'}>{subject.key}</span>{' '}
          <span className="quiet">{t(`case.subject.${subject.kind}`)}</span>
        </Fact>
        <Fact name={t('case.officers')}>
          <span className="break">
            {officers.length === 0 ? t('value.none') : officers.join(t('value.separator'))}
          </span>
        </Fact>
        <Fact name={t('case.area')}>
          <AreaName code={area} />
        </Fact>
        {sums.map(([key, fen]) => (
          <Fact key={key} name={t(`case.amount.${key}`)}>
            <span className="number">{money(yuanOf(fen), language)}</span>
          </Fact>
        ))}
      </dl>
    </Card>
  );
}

function Clocks({ detail: { clocks } }: { detail: CaseDetail }) {
  const { t } = useText();
  return (
    <Card size="small" title={t('case.clocks')}>
      <ul className="case-clocks">
        {clocks.map((clock) => (
          <li key={`${clock.code} ${clock.started_at}`}>
            <ClockWords clock={clock} />
            <div className="quiet">{clock.basis}</div>
          </li>
        ))}
        {clocks.length === 0 && <li className="quiet">{t('value.none')}</li>}
      </ul>
    </Card>
  );
}

function Documents({ id, revision }: { id: string; revision: number }) {
  const { t, pick } = useText();
  const asked = useQuery(caseDocumentsQuery(id, revision));
  return (
    <Asked of={asked} rows={3}>
      {({ documents }) => (
        <Card size="small" title={t('case.documents')}>
          <ul className="case-clocks">
            {documents.map(({ code, seq, name, number }) => (
              <li key={`${code} ${seq}`}>
                <a href={apiPaths.caseDocument(id, seq, code)} target="_blank" rel="noreferrer">
                  {pick(name)}
                </a>
                <div className="quiet break">{number}</div>
              </li>
            ))}
            {documents.length === 0 && <li className="quiet">{t('case.no_documents')}</li>}
          </ul>
        </Card>
      )}
    </Asked>
  );
}

type Piece = CaseDetail['evidence'][number];

function EvidenceFiles({ id, files }: { id: string; files: Piece['files'] }) {
  const { t } = useText();
  if (files === undefined) return null;
  return (
    <details>
      <summary>{t('case.evidence_files', { n: files.length })}</summary>
      <ul className="answer-files">
        {files.map(({ title, kind, bytes, sha256 }) => (
          <li key={sha256}>
            <span className="answer-file-words">
              <a href={apiPaths.caseFile(id, sha256)} target="_blank" rel="noreferrer">
                {title}
              </a>
              <span className="quiet">
                {kind.toUpperCase()} · {sizeOf(bytes)} · <code title={sha256}>{sha256.slice(0, 12)}</code>
              </span>
            </span>
          </li>
        ))}
      </ul>
      <p className="quiet">{t('case.evidence_files_recorded')}</p>
    </details>
  );
}

function PieceWords({
  id,
  piece: { title, source, sha256, finding, rule_name, files },
}: {
  id: string;
  piece: Piece;
}) {
  const { pick } = useText();
  const shown = rule_name === null ? title : pick(rule_name);
  return (
    <>
      <span className="piece-name">
        {finding === null ? shown : <Link to={paths.finding(finding.finding_id)}>{shown}</Link>}
      </span>
      {/* What was frozen is called by the code of its rule and the settlement. */}
      {rule_name !== null && <div className="quiet">{title}</div>}
      <div className="quiet">
        {source} <code title={sha256}>{sha256.slice(0, 12)}</code>
      </div>
      <EvidenceFiles id={id} files={files} />
    </>
  );
}

function Evidence({ detail: { id, evidence } }: { detail: CaseDetail }) {
  const { t, language } = useText();
  const isPhone = useNarrow(phoneMax);
  const flagged = ({ flagged_fen }: Piece): string => money(yuanOf(flagged_fen), language);
  const confirmed = ({ confirmed_fen }: Piece): string =>
    confirmed_fen === null ? t('value.none') : money(yuanOf(confirmed_fen), language);
  const custody = (piece: Piece): string => piece.custody.map(({ account }) => account).join(' → ');
  return (
    <Card size="small" title={t('case.evidence', { n: evidence.length })}>
      {isPhone ? (
        <PagedCards items={evidence} className="draw-cards">
          {(piece) => (
            <li key={piece.no} className="break">
              <b className="number">{piece.no}</b> <PieceWords id={id} piece={piece} />
              <dl className="claim-facts">
                <Fact name={t('case.amount.flagged')}>{flagged(piece)}</Fact>
                <Fact name={t('case.amount.confirmed')}>{confirmed(piece)}</Fact>
                <Fact name={t('case.custody')}>{custody(piece)}</Fact>
              </dl>
            </li>
          )}
        </PagedCards>
      ) : (
        <Table<Piece>
          size="small"
          rowKey="no"
          dataSource={evidence}
          pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
          scroll={{ x: 720 }}
          columns={[
            { title: t('case.evidence_no'), width: 70, dataIndex: 'no' },
            {
              title: t('case.evidence_title'),
              className: 'break',
              render: (_, piece) => <PieceWords id={id} piece={piece} />,
            },
            {
              title: t('case.amount.flagged'),
              width: 140,
              align: 'right',
              className: 'number',
              render: (_, piece) => flagged(piece),
            },
            {
              title: t('case.amount.confirmed'),
              width: 140,
              align: 'right',
              className: 'number',
              render: (_, piece) => confirmed(piece),
            },
            {
              title: t('case.custody'),
              width: 170,
              className: 'break',
              render: (_, piece) => custody(piece),
            },
          ]}
        />
      )}
    </Card>
  );
}

function Steps({ detail: { events, step_names } }: { detail: CaseDetail }) {
  const { t, pick } = useText();
  return (
    <Card size="small" title={t('case.steps', { n: events.length })}>
      <ol className="case-steps" reversed>
        {events.toReversed().map(({ seq, action, account, at, detail }) => (
          <li key={seq}>
            <b>{pick(step_names[action] ?? { zh: action, en: action })}</b>{' '}
            <span className="quiet">{account}</span> <span className="quiet number">{at}</span>
            {'reason' in detail && <div className="break">{detail.reason}</div>}
          </li>
        ))}
      </ol>
    </Card>
  );
}
