import { Tag } from 'antd';
import { useText } from '../language.tsx';
import { pointsOf } from './points.ts';

const colours = ['success', 'processing', 'warning'] as const;

/** A grade by its name, with its points where it has some; the colour goes by the rank within its scheme. */
export function GradeTag({
  name,
  rank,
  points,
}: {
  name: { zh: string; en: string };
  rank: number;
  points: number | null;
}) {
  const { t, pick } = useText();
  return (
    <Tag color={colours[rank] ?? 'error'}>
      {pick(name)}
      {points !== null && ` · ${t('credit.points', { n: pointsOf(points) })}`}
    </Tag>
  );
}
