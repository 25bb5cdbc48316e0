import { Card, Empty, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { verdicts } from '../../rules/contract.ts';
import type { Overview } from '../../screening/contract.ts';
import { Chart } from '../chart.tsx';
import { count, shortMoneyText, yuanForChart } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { paths } from '../paths.ts';
import { fontFamily, palette, verdictColours } from '../theme.ts';
import { verdictKeys } from '../verdict-tag.tsx';

/** More bars than this are a table: the findings room has it. */
const barsMax = 20;
const barPx = 34;

type Measure = 'findings' | 'amount';

export function ByRuleCard({ rules }: { rules: Overview['by_rule'] }) {
  const { t, pick, language } = useText();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const [measure, setMeasure] = useState<Measure>('findings');
  const shown = useMemo(() => {
    const size = (rule: Overview['by_rule'][number]) =>
      measure === 'findings' ? rule.findings : yuanForChart(rule.amount);
    return rules
      .filter(({ findings }) => findings > 0)
      .toSorted((a, b) => size(b) - size(a))
      .slice(0, barsMax);
  }, [rules, measure]);

  const option = useMemo(() => {
    const valueText = (rule: Overview['by_rule'][number]): string =>
      measure === 'findings' ? count(rule.findings) : shortMoneyText(rule.amount, language);
    return {
      animation: false,
      textStyle: { fontFamily, color: palette.ink },
      grid: {
        left: 4,
        right: widthOf(shown.map(valueText)) + labelGapPx,
        top: 4,
        bottom: 4,
        outerBoundsMode: 'same',
      },
      tooltip: {
        trigger: 'item',
        confine: true,
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const rule = shown[dataIndex];
          return rule === undefined
            ? ''
            : tooltipText([
                pick(rule.name),
                `${t(verdictKeys[rule.verdict])} · ${rule.rule_code}`,
                `${t('overview.findings')} ${count(rule.findings)}`,
                `${t('overview.amount')} ${shortMoneyText(rule.amount, language)}`,
              ]);
        },
      },
      xAxis: { type: 'value', axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: {
        type: 'category',
        inverse: true,
        data: shown.map(({ name }) => pick(name)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: palette.line } },
        axisLabel: {
          width: isPhone ? (measure === 'amount' ? 128 : 160) : language === 'zh' ? 200 : 250,
          overflow: 'truncate',
          color: palette.ink,
          fontSize: 13,
        },
        triggerEvent: true,
      },
      series: [
        {
          type: 'bar',
          barWidth: 15,
          cursor: 'pointer',
          // A rule with one finding beside one with thousands still has a bar to click.
          barMinHeight: 3,
          data: shown.map((rule) => ({
            value: measure === 'findings' ? rule.findings : yuanForChart(rule.amount),
            itemStyle: { color: verdictColours[rule.verdict], borderRadius: [0, 2, 2, 0] },
          })),
          label: {
            show: true,
            position: 'right',
            color: palette.ink,
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const rule = shown[dataIndex];
              return rule === undefined ? '' : valueText(rule);
            },
          },
        },
      ],
    };
  }, [shown, measure, isPhone, language, pick, t]);

  return (
    <Card
      size="small"
      title={t('overview.by_rule')}
      extra={
        <Segmented
          size="small"
          value={measure}
          onChange={setMeasure}
          options={[
            { value: 'findings', label: t('overview.by_count') },
            { value: 'amount', label: t('overview.by_money') },
          ]}
        />
      }
    >
      {shown.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('overview.nothing_found')} />
      ) : (
        <>
          <ul className="legend">
            {verdicts.map((verdict) => (
              <li key={verdict}>
                <i style={{ background: verdictColours[verdict] }} />
                {t(verdictKeys[verdict])}
              </li>
            ))}
            <li className="legend-hint">{t('overview.click_bar')}</li>
          </ul>
          <Chart
            option={option}
            heightPx={shown.length * barPx + 12}
            label={t('overview.by_rule')}
            onPick={(index) => {
              const rule = shown[index];
              if (rule !== undefined) void navigate(paths.findings({ rule_code: rule.rule_code }));
            }}
          />
          {rules.length > shown.length && (
            <p className="quiet">{t('overview.more_rules', { shown: shown.length, all: rules.length })}</p>
          )}
        </>
      )}
    </Card>
  );
}

/** Room for the longest label, so that none is cut: Chinese characters are as wide as two digits. */
const digitPx = 7.5;
const labelGapPx = 16;
const widthOf = (labels: readonly string[]): number =>
  Math.max(0, ...labels.map((label) => label.replace(/[^ -~¥]/g, '00').length * digitPx));

/** ECharts takes HTML here; names of rules are data, so they are escaped. */
function tooltipText(lines: readonly string[]): string {
  const escape = document.createElement('span');
  return lines
    .map((line) => {
      escape.textContent = line;
      return escape.innerHTML;
    })
    .join('<br/>');
}
