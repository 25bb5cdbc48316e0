/** One person over all settlements in sight, masked until somebody states what the rest is needed for. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { type ReactNode, useState } from 'react';
import { Link, useParams } from 'react-router';
import { named } from '../../claims/codes-contract.ts';
import type { PersonDetail, Revealed } from '../../claims/persons-contract.ts';
import { api } from '../api.ts';
import { Failure } from '../failure.tsx';
import { BackIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { type ClaimName, paths } from '../paths.ts';
import { PurposeDialog } from '../purpose-dialog.tsx';
import { personQuery } from '../queries.ts';
import { RoomSkeleton } from '../skeletons.tsx';
import { PersonClaims } from './person-claims.tsx';
import { SeenPanel } from './seen-panel.tsx';

export function PersonRoom() {
  const { t } = useText();
  const { fixmedins_code = '', setl_id = '' } = useParams();
  const claim: ClaimName = { fixmedins_code, setl_id };
  const { data, error, refetch } = useQuery(personQuery(claim));
  return (
    <>
      <PageHead
        title={t('field.person')}
        note={t('person.note')}
        extra={
          <Link to={paths.persons()} className="back-link">
            <BackIcon />
            {t('person.back')}
          </Link>
        }
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <RoomSkeleton />
      ) : (
        <Content key={paths.person(claim)} claim={claim} person={data} />
      )}
    </>
  );
}

function Content({ claim, person }: { claim: ClaimName; person: PersonDetail }) {
  const may = useMay();
  return (
    <div className="stack">
      <Identity claim={claim} person={person} />
      <PersonClaims person={person} />
      {may('audit.read') && <SeenPanel claim={claim} />}
    </div>
  );
}

function Identity({ claim, person }: { claim: ClaimName; person: PersonDetail }) {
  const { t, language } = useText();
  const mayReveal = useMay()('persons.reveal');
  // Here and nowhere else: it is gone with the page.
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const [isAsking, setAsking] = useState(false);
  const shown = { ...person, ...revealed };
  return (
    <Card
      size="small"
      title={shown.psn_name ?? person.psn_no}
      extra={
        mayReveal && (
          <Button onClick={() => (revealed === null ? setAsking(true) : setRevealed(null))}>
            {revealed === null ? t('person.reveal') : t('person.hide')}
          </Button>
        )
      }
    >
      {revealed !== null && (
        <p className="card-note quiet" role="status">
          {Object.keys(revealed).length === 0 ? t('person.nothing_stated') : t('person.in_full')}
        </p>
      )}
      <dl className="claim-facts">
        <Entry name={t('person.psn_name')}>{shown.psn_name}</Entry>
        <Entry name={t('person.gend')}>{named('gend', person.gend, language)}</Entry>
        <Entry name={t('person.brdy')}>{person.brdy}</Entry>
        <Entry name={t('person.psn_no')}>{person.psn_no}</Entry>
        <Entry name={t('person.certno')}>{shown.certno}</Entry>
        <Entry name={t('person.tel')}>{shown.tel}</Entry>
        <Entry name={t('person.addr')}>{shown.addr}</Entry>
      </dl>
      <PurposeDialog
        isOpen={isAsking}
        show={(purpose) => api.revealPerson(claim, purpose)}
        onShown={setRevealed}
        onClose={() => setAsking(false)}
      />
    </Card>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useText();
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{children ?? <span className="quiet">{t('value.not_stated')}</span>}</dd>
    </div>
  );
}
