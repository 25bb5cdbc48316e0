/** One chart of ECharts, of the few kinds and parts that we use. Loaded with the rooms that draw. */
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useEffectEvent, useRef } from 'react';

// SVG: sharp on paper and on any screen, and its texts are texts.
use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer]);

export function Chart(props: {
  option: EChartsCoreOption;
  heightPx: number;
  /** What a person who cannot see it is told. */
  label: string;
  /** The index of the datum that was clicked. */
  onPick?: (index: number) => void;
}) {
  const { option, heightPx, label } = props;
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(null);
  const pick = useEffectEvent((index: number) => props.onPick?.(index));

  useEffect(() => {
    if (frame.current === null) return undefined;
    const made = init(frame.current, null, { renderer: 'svg' });
    chart.current = made;
    made.on('click', ({ dataIndex }) => {
      if (dataIndex !== undefined) pick(dataIndex);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(frame.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);

  // Labels are measured when they are drawn, so the chart has to be told when its frame grows.
  useEffect(() => {
    chart.current?.resize({ height: heightPx });
  }, [heightPx]);

  return (
    <div
      ref={frame}
      role="img"
      aria-label={label}
      className={props.onPick === undefined ? 'chart' : 'chart chart-pickable'}
      style={{ height: heightPx }}
    />
  );
}
