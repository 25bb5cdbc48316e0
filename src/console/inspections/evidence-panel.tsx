/** The evidence of the seed, as each of two enters it; when it is whole, the draw is made. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, InputNumber } from 'antd';
import type { DrawDetail, EvidenceGiven } from '../../inspection/draws-contract.ts';
import { areRolls, type SeedSource } from '../../inspection/contract.ts';
import { Failure } from '../failure.tsx';
import { instant } from '../format.ts';
import { inspectionApi, inspectionsKey } from '../inspection-api.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';

interface Typed {
  readonly round?: number;
  readonly signature?: string;
  readonly rolls?: string;
  readonly numbers?: string[];
}

const digits = (text: string): number[] => (text.match(/\d/g) ?? []).map(Number);
const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

function givenOf(source: SeedSource, typed: Typed): EvidenceGiven {
  switch (source.kind) {
    case 'drand':
      return {
        kind: 'drand',
        round: typed.round ?? source.round,
        signature: (typed.signature ?? '').trim().toLowerCase(),
      };
    case 'dice':
      return { kind: 'dice', rolls: digits(typed.rolls ?? '') };
    case 'published':
      return {
        kind: 'published',
        reading: source.sources.map((_, at) => numbers(typed.numbers?.[at] ?? '')),
      };
  }
}

export function EvidencePanel({ detail }: { detail: DrawDetail }) {
  const { t } = useText();
  const mayDraw = useMay()('inspections.draw');
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const { draw, commitment, readings, evidence_from, evidence_wait_seconds } = detail;
  const { seed_source: source } = commitment.plan;
  const give = useMutation({
    mutationFn: (given: EvidenceGiven) => inspectionApi.evidence(draw.id, given),
    onSuccess: async () => {
      form.resetFields();
      await queryClient.invalidateQueries({ queryKey: inspectionsKey });
    },
  });
  const rolled = Form.useWatch('rolls', form) ?? '';
  const isEarly = evidence_wait_seconds > 0;
  const from = t('draw.evidence_from', { time: instant(evidence_from) });
  const whyNot = !mayDraw ? t('state.forbidden') : isEarly ? from : undefined;
  const needed = { required: true, whitespace: true, message: t('draw.needed') };
  return (
    <Card size="small" title={t('draw.evidence')}>
      <div className="stack">
        <p className="quiet">{t(`draw.evidence.${source.kind}`)}</p>
        {isEarly && <Alert type="info" showIcon title={from} />}
        {readings.map(({ place, account }) => (
          <Alert key={place} type="info" showIcon title={t('draw.reading', { n: place + 1, account })} />
        ))}
        <Form<Typed>
          form={form}
          layout="vertical"
          requiredMark={false}
          disabled={whyNot !== undefined}
          initialValues={{ round: source.kind === 'drand' ? source.round : undefined }}
          onFinish={(typed) => give.mutate(givenOf(source, typed))}
        >
          {source.kind === 'drand' && (
            <>
              <Form.Item label={t('draw.round')} name="round">
                <InputNumber disabled />
              </Form.Item>
              <Form.Item label={t('draw.signature')} name="signature" rules={[needed]}>
                <Input.TextArea rows={2} spellCheck={false} maxLength={200} />
              </Form.Item>
            </>
          )}
          {source.kind === 'dice' && (
            <Form.Item
              label={t('draw.rolls', { n: source.rolls })}
              name="rolls"
              extra={t('draw.rolled', { n: digits(rolled).length })}
              rules={[
                needed,
                {
                  validator: (_, typed: string | undefined) => {
                    const read = digits(typed ?? '');
                    return areRolls(read, source.rolls)
                      ? Promise.resolve()
                      : Promise.reject(
                          new Error(t('draw.rolls_wanted', { n: source.rolls, entered: read.length })),
                        );
                  },
                },
              ]}
            >
              <Input.TextArea rows={3} inputMode="numeric" maxLength={2_000} />
            </Form.Item>
          )}
          {source.kind === 'published' &&
            source.sources.map(({ name, numbers: wanted, range }, at) => (
              <Form.Item
                key={name}
                label={t('draw.numbers', { name, n: wanted })}
                name={['numbers', at]}
                extra={range && t(range.repeats ? 'draw.number_range_repeats' : 'draw.number_range', range)}
                rules={[needed]}
              >
                <Input inputMode="numeric" maxLength={2_000} />
              </Form.Item>
            ))}
          {give.error !== null && <Failure error={give.error} />}
          <Button
            type="primary"
            htmlType="submit"
            loading={give.isPending}
            disabled={whyNot !== undefined}
            title={whyNot}
          >
            {source.kind === 'drand' || readings.length > 0 ? t('draw.enter_and_draw') : t('draw.enter')}
          </Button>
        </Form>
      </div>
    </Card>
  );
}
