/** A plan as a form over the same text: an organiser needs no JSON for it, and what the form does not show stays as it is. */
import { Alert, Form, Segmented, Tag } from 'antd';
import { useContext, useState } from 'react';
import { areaPrefix } from '../../people/permissions.ts';
import { useAreaOptions } from '../area-name.tsx';
import { FormPart } from '../form-part.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { exampleItem, exampleRequirement, exampleStratum, exampleTeams } from './example-plan.ts';
import type { PlanDocument } from './plan-document.ts';
import {
  DayField,
  NumberField,
  PartFaults,
  type Path,
  PlanEditing,
  TextField,
  WordsField,
  YesField,
} from './plan-fields.tsx';
import { Rows } from './plan-rows.tsx';
import { SeedFields } from './plan-seed.tsx';

type StratumDocument = PlanDocument['strata'][number];
type TeamsDocument = NonNullable<PlanDocument['teams']>;

/** As they are published; other local ones can be typed. */
const grades = ['A', 'B', 'C', 'D', 'E'].map((value) => ({ value, label: value }));

export function PlanForm({ plan }: { plan: PlanDocument | null }) {
  const { t } = useText();
  const { put } = useContext(PlanEditing);
  // Who was not to be drawn and is again goes by the same conditions as before.
  const [teams, setTeams] = useState<TeamsDocument | null>(null);
  if (plan === null) return <Alert type="info" showIcon title={t('plan.no_form')} />;
  return (
    <Form component={false} layout="vertical">
      <div className="long-form">
        <FormPart label={t('plan.what')}>
          <div className="plan-grid">
            <TextField path={['title']} label={t('plan.title')} value={plan.title} />
            <TextField path={['agency']} label={t('draw.agency')} value={plan.agency} />
            <TextField
              path={['plan_id']}
              label={t('plan.id')}
              hint={t('plan.id_hint')}
              value={plan.plan_id}
            />
          </div>
        </FormPart>
        <FormPart label={t('plan.items')}>
          <Rows
            path={['items']}
            of={plan.items}
            name={(n) => t('plan.item_n', { n })}
            add={t('plan.add_item')}
            fresh={() => exampleItem}
          >
            {(item, path) => (
              <div className="plan-grid">
                <TextField path={[...path, 'code']} label={t('plan.code')} value={item.code} />
                <TextField path={[...path, 'name']} label={t('plan.item_name')} value={item.name} />
                <TextField path={[...path, 'basis']} label={t('plan.basis')} value={item.basis} />
              </div>
            )}
          </Rows>
        </FormPart>
        <FormPart label={t('draw.checks')}>
          <div className="plan-grid">
            <DayField path={['checks', 'from']} label={t('plan.from')} value={plan.checks.from} />
            <DayField
              path={['checks', 'to']}
              label={t('plan.to')}
              hint={t('plan.to_hint')}
              value={plan.checks.to}
            />
            <NumberField
              path={['rest_days']}
              label={t('plan.rest_days')}
              hint={t('plan.rest_days_hint')}
              unit={t('plan.days')}
              value={plan.rest_days}
            />
          </div>
          <PartFaults path={['checks']} />
          <YesField
            path={['unannounced']}
            label={t('plan.unannounced')}
            hint={t('plan.unannounced_hint')}
            value={plan.unannounced}
          />
        </FormPart>
        <FormPart label={t('plan.strata')}>
          <p className="quiet">{t('plan.strata_hint')}</p>
          <Rows
            path={['strata']}
            of={plan.strata}
            name={(n) => t('plan.stratum_n', { n })}
            add={t('plan.add_stratum')}
            fresh={() => exampleStratum(plan.strata.map(({ code }) => code))}
          >
            {(stratum, path) => <StratumFields stratum={stratum} path={path} />}
          </Rows>
          <Form.Item label={t('plan.mode')} extra={t('plan.mode_hint')}>
            <Segmented
              value={plan.mode}
              onChange={(mode) => put(['mode'], mode)}
              options={[
                { value: 'tickets', label: t('plan.mode.tickets') },
                { value: 'rfc3797', label: t('plan.mode.rfc3797') },
              ]}
            />
          </Form.Item>
          <PartFaults path={['mode']} />
        </FormPart>
        <FormPart label={t('plan.teams')}>
          <Form.Item>
            <Segmented
              aria-label={t('plan.teams')}
              value={plan.teams !== null}
              onChange={(isDrawn) => {
                setTeams(plan.teams);
                put(['teams'], isDrawn ? (teams ?? exampleTeams) : null);
              }}
              options={[
                { value: true, label: t('plan.teams_drawn') },
                { value: false, label: t('plan.teams_none') },
              ]}
            />
          </Form.Item>
          {plan.teams !== null && <TeamFields teams={plan.teams} />}
          <PartFaults path={['teams']} />
        </FormPart>
        <FormPart label={t('draw.seed')}>
          <SeedFields source={plan.seed_source} />
        </FormPart>
      </div>
    </Form>
  );
}

function StratumFields({ stratum, path }: { stratum: StratumDocument; path: Path }) {
  const { t } = useText();
  const areas = useAreaOptions(useMe().area).map(({ value, label }) => ({ value: areaPrefix(value), label }));
  const { where } = stratum;
  const isTargeted = Object.keys(where).length > 0;
  return (
    <>
      <div className="plan-grid">
        <TextField path={[...path, 'title']} label={t('plan.name')} value={stratum.title} />
        <TextField
          path={[...path, 'code']}
          label={t('plan.code')}
          hint={t('plan.code_hint')}
          value={stratum.code}
        />
        <NumberField
          path={[...path, 'ratio']}
          label={t('plan.ratio')}
          hint={t('plan.ratio_hint')}
          unit="%"
          isShare
          value={stratum.ratio}
        />
        <NumberField
          path={[...path, 'at_least']}
          label={t('plan.at_least')}
          unit={t('plan.objects')}
          value={stratum.at_least}
        />
        <NumberField
          path={[...path, 'at_most']}
          label={t('plan.at_most')}
          hint={t('plan.at_most_hint')}
          unit={t('plan.objects')}
          value={stratum.at_most}
        />
      </div>
      <div className="form-row">
        <span>{t('plan.where')}</span>
        <Tag {...(isTargeted ? { color: 'blue' } : {})}>
          {t(isTargeted ? 'plan.targeted' : 'plan.untargeted')}
        </Tag>
      </div>
      <div className="plan-grid">
        <WordsField
          path={[...path, 'where', 'kinds']}
          label={t('plan.kinds')}
          hint={t('plan.kinds_hint')}
          isOptional
          value={where.kinds}
        />
        <WordsField
          path={[...path, 'where', 'admdvs']}
          label={t('plan.areas')}
          hint={t('plan.areas_hint')}
          options={areas}
          isOptional
          value={where.admdvs}
        />
        <WordsField
          path={[...path, 'where', 'grades']}
          label={t('plan.grades')}
          options={grades}
          isOptional
          value={where.grades}
        />
        <NumberField
          path={[...path, 'where', 'risk_min']}
          label={t('plan.risk_min')}
          hint={t('plan.risk_min_hint')}
          isOptional
          value={where.risk_min}
        />
        <NumberField
          path={[...path, 'where', 'clues_min']}
          label={t('plan.clues_min')}
          hint={t('plan.clues_min_hint')}
          unit={t('plan.clues')}
          isOptional
          value={where.clues_min}
        />
      </div>
      <YesField
        path={[...path, 'where', 'ungraded']}
        label={t('plan.ungraded')}
        isOptional
        value={where.ungraded}
      />
      <PartFaults path={[...path, 'where']} />
    </>
  );
}

function TeamFields({ teams }: { teams: TeamsDocument }) {
  const { t } = useText();
  const pairs = teams.former_pairs.length;
  return (
    <>
      <div className="plan-grid">
        <NumberField
          path={['teams', 'size']}
          label={t('plan.team_size')}
          hint={t('plan.team_size_hint')}
          unit={t('plan.people')}
          value={teams.size}
        />
        <NumberField
          path={['teams', 'load_max']}
          label={t('plan.load_max')}
          unit={t('plan.objects')}
          value={teams.load_max}
        />
      </div>
      <YesField path={['teams', 'units_differ']} label={t('plan.units_differ')} value={teams.units_differ} />
      <YesField path={['teams', 'pairs_differ']} label={t('plan.pairs_differ')} value={teams.pairs_differ} />
      {pairs > 0 && <p className="quiet">{t('plan.former_pairs', { n: count(pairs) })}</p>}
      <PartFaults path={['teams', 'former_pairs']} isDeep />
      <Rows
        path={['teams', 'requirements']}
        of={teams.requirements}
        name={(n) => t('plan.requirement_n', { n })}
        add={t('plan.add_requirement')}
        fresh={() => exampleRequirement}
      >
        {(requirement, path) => (
          <div className="plan-grid">
            <WordsField
              path={[...path, 'kinds']}
              label={t('plan.kinds')}
              hint={t('plan.kinds_hint')}
              value={requirement.kinds}
            />
            <TextField
              path={[...path, 'specialty']}
              label={t('plan.specialty')}
              hint={t('plan.specialty_hint')}
              value={requirement.specialty}
            />
            <NumberField
              path={[...path, 'at_least']}
              label={t('plan.specialists')}
              unit={t('plan.people')}
              value={requirement.at_least}
            />
          </div>
        )}
      </Rows>
    </>
  );
}
