/** Where the seed of a plan comes from: a round of drand, published numbers, or dice. */
import { Button, Form, Segmented } from 'antd';
import { useContext, useState } from 'react';
import { roundAt, roundMs } from '../../inspection/drand-contract.ts';
import { useText } from '../language.tsx';
import { exampleNumbers, exampleSeed } from './example-plan.ts';
import type { PlanDocument } from './plan-document.ts';
import {
  isoAt,
  NumberField,
  PartFaults,
  type Path,
  PlanEditing,
  TextField,
  TimeField,
  YesField,
} from './plan-fields.tsx';
import { Rows } from './plan-rows.tsx';

type Source = PlanDocument['seed_source'];
type Numbers = Extract<Source, { kind: 'published' }>['sources'][number];

const kinds = ['dice', 'drand', 'published'] as const;
const path = ['seed_source'] as const;

export function SeedFields({ source }: { source: Source }) {
  const { t } = useText();
  const { put } = useContext(PlanEditing);
  // Whoever looks at another kind finds the first as it was.
  const [kept, setKept] = useState<Partial<Record<Source['kind'], Source>>>({});
  return (
    <>
      <Form.Item extra={t(`plan.seed_note.${source.kind}`)}>
        <Segmented
          aria-label={t('draw.seed')}
          value={source.kind}
          onChange={(kind) => {
            setKept({ ...kept, [source.kind]: source });
            put(path, kept[kind] ?? exampleSeed(kind));
          }}
          options={kinds.map((value) => ({ value, label: t(`plan.seed_kind.${value}`) }))}
        />
      </Form.Item>
      <KindFields source={source} />
      <PartFaults path={path} />
    </>
  );
}

function KindFields({ source }: { source: Source }) {
  const { t } = useText();
  switch (source.kind) {
    case 'drand':
      return (
        <>
          <div className="plan-grid">
            <TimeField
              path={[...path, 'round']}
              label={t('plan.round_at')}
              hint={source.round === null ? undefined : t('draw.seed.drand', { round: source.round })}
              value={source.round}
              ms={roundMs(source.round ?? Number.NaN)}
              valueAt={roundAt}
              empty={null}
            />
          </div>
          <PartFaults path={[...path, 'chain']} />
        </>
      );
    case 'published':
      return <PublishedFields source={source} />;
    case 'dice':
      return (
        <div className="plan-grid">
          <TextField path={[...path, 'parties', 0]} label={t('plan.party_one')} value={source.parties[0]} />
          <TextField path={[...path, 'parties', 1]} label={t('plan.party_two')} value={source.parties[1]} />
          <NumberField
            path={[...path, 'rolls']}
            label={t('plan.rolls')}
            hint={t('plan.rolls_hint')}
            unit={t('plan.times')}
            value={source.rolls}
          />
          <InstantField path={[...path, 'held_at']} label={t('plan.held_at')} value={source.held_at} />
        </div>
      );
  }
}

function InstantField({ value, ...named }: { path: Path; label: string; value: string }) {
  return <TimeField {...named} value={value} ms={Date.parse(value)} valueAt={isoAt} empty="" />;
}

function PublishedFields({ source }: { source: Extract<Source, { kind: 'published' }> }) {
  const { t } = useText();
  return (
    <>
      <div className="plan-grid">
        <TextField path={[...path, 'readers', 0]} label={t('plan.reader_one')} value={source.readers[0]} />
        <TextField path={[...path, 'readers', 1]} label={t('plan.reader_two')} value={source.readers[1]} />
      </div>
      <Rows
        path={[...path, 'sources']}
        of={source.sources}
        name={(n) => t('plan.source_n', { n })}
        add={t('plan.add_source')}
        fresh={exampleNumbers}
      >
        {(numbers, place) => <NumbersFields numbers={numbers} path={place} />}
      </Rows>
    </>
  );
}

function NumbersFields({ numbers, path }: { numbers: Numbers; path: Path }) {
  const { t } = useText();
  const { put } = useContext(PlanEditing);
  const { range } = numbers;
  return (
    <>
      <div className="plan-grid">
        <TextField
          path={[...path, 'name']}
          label={t('plan.name')}
          hint={t('plan.source_hint')}
          value={numbers.name}
        />
        <InstantField
          path={[...path, 'available_at']}
          label={t('plan.available_at')}
          value={numbers.available_at}
        />
        <NumberField
          path={[...path, 'numbers']}
          label={t('plan.numbers')}
          unit={t('plan.pieces')}
          value={numbers.numbers}
        />
        {range !== undefined && (
          <>
            <NumberField path={[...path, 'range', 'from']} label={t('plan.range_from')} value={range.from} />
            <NumberField path={[...path, 'range', 'to']} label={t('plan.range_to')} value={range.to} />
          </>
        )}
      </div>
      {range === undefined ? (
        <div>
          <Button size="small" onClick={() => put([...path, 'range'], exampleNumbers().range)}>
            {t('plan.add_range')}
          </Button>
        </div>
      ) : (
        <YesField path={[...path, 'range', 'repeats']} label={t('plan.repeats')} value={range.repeats} />
      )}
      <PartFaults path={[...path, 'range']} />
    </>
  );
}
