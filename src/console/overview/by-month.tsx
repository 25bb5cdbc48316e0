import { Card, Empty } from 'antd';
import { useMemo } from 'react';
import type { Overview } from '../../screening/contract.ts';
import { Chart } from '../chart.tsx';
import { count, shortMoneyText } from '../format.ts';
import { useText } from '../language.tsx';
import { fontFamily, palette } from '../theme.ts';

const heightPx = 232;
/** Three years of months; older ones belong to a report. */
const monthsMax = 36;

export function ByMonthCard({ months }: { months: Overview['by_month'] }) {
  const { t, language } = useText();
  const shown = useMemo(
    () => months.toSorted((a, b) => (a.month < b.month ? -1 : 1)).slice(-monthsMax),
    [months],
  );
  const option = useMemo(
    () => ({
      animation: false,
      textStyle: { fontFamily, color: palette.ink },
      color: ['#b9c9cd', palette.accent],
      grid: { left: 4, right: 4, top: 34, bottom: 4, outerBoundsMode: 'same' },
      legend: { top: 0, left: 'center', itemWidth: 16, itemHeight: 8, textStyle: { color: palette.inkSoft } },
      tooltip: {
        trigger: 'axis',
        confine: true,
        formatter: (points: readonly { dataIndex: number }[]) => {
          const month = shown[points[0]?.dataIndex ?? -1];
          return month === undefined
            ? ''
            : [
                month.month,
                `${t('overview.claims')} ${count(month.claims)}`,
                `${t('overview.findings')} ${count(month.findings)}`,
                `${t('overview.amount')} ${shortMoneyText(month.amount, language)}`,
              ].join('<br/>');
        },
      },
      xAxis: {
        type: 'category',
        data: shown.map(({ month }) => month),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: palette.line } },
        axisLabel: { color: palette.inkSoft, hideOverlap: true },
      },
      yAxis: [
        {
          type: 'value',
          name: t('overview.claims'),
          nameTextStyle: { color: palette.inkSoft, align: 'left' },
          splitNumber: 3,
          minInterval: 1,
          splitLine: { lineStyle: { color: palette.line } },
          axisLabel: { color: palette.inkSoft },
        },
        {
          type: 'value',
          name: t('overview.findings'),
          nameTextStyle: { color: palette.inkSoft, align: 'right' },
          splitNumber: 3,
          minInterval: 1,
          splitLine: { show: false },
          axisLabel: { color: palette.inkSoft },
        },
      ],
      series: [
        { type: 'bar', name: t('overview.claims'), data: shown.map(({ claims }) => claims), barMaxWidth: 22 },
        {
          type: 'line',
          name: t('overview.findings'),
          yAxisIndex: 1,
          data: shown.map(({ findings }) => findings),
          symbol: 'circle',
          symbolSize: 6,
          lineStyle: { width: 2 },
        },
      ],
    }),
    [shown, language, t],
  );
  return (
    <Card size="small" title={t('overview.by_month')}>
      {shown.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('state.nothing')} />
      ) : (
        <Chart option={option} heightPx={heightPx} label={t('overview.by_month')} />
      )}
    </Card>
  );
}
