/** The figures of `bench soak` as a table and as a picture. */
import type { SoakFigures } from './soak.ts';
import { tableOf } from './table.ts';

export function soakReport(figures: SoakFigures): string {
  const { machine, samples } = figures;
  return [
    `${machine.cpus} × ${machine.cpu}, ${machine.memory_gib} GiB, Node ${machine.node}; ${figures.measured_at}`,
    `${figures.claims.toLocaleString('en-US')} claims of ${figures.persons.toLocaleString('en-US')} persons, queue ${figures.queue}, ${figures.workers} worker(s): ` +
      `${figures.claims_per_s.toLocaleString('en-US')} claims/s over ${figures.seconds.toLocaleString('en-US')} s, ${figures.bytes_per_claim} bytes/claim; ` +
      `${figures.recount.settlements.toLocaleString('en-US')} stored and screened, ${figures.recount.findings.toLocaleString('en-US')} findings, ${figures.recount.sample_claims.toLocaleString('en-US')} judged again`,
    '',
    tableOf(
      ['process', 'MB at a quarter', 'half', 'three quarters', 'end', 'peak', 'ceiling'],
      Object.entries(figures.peak_mb).map(([part, peak]) => [
        part,
        ...[0.25, 0.5, 0.75, 1].map((share) => {
          const sample = samples.find(({ screened }) => screened >= share * figures.claims) ?? samples.at(-1);
          return sample?.mb[part] ?? null;
        }),
        peak,
        figures.ceilings_mb[part] ?? null,
      ]),
    ),
  ].join('\n');
}

const width = 760;
const height = 320;
const left = 56;
const right = 120;
const top = 16;
const bottom = 40;
const colours = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#8c564b'];
const gridLines = 4;
/** Labels of curves that end close together stand above each other. */
const labelHeight = 14;

/** Memory of each part over the claims screened. */
export function soakSvg({ samples, claims, peak_mb }: SoakFigures): string {
  const parts = Object.keys(peak_mb);
  const most = Math.max(1, ...samples.flatMap(({ mb }) => Object.values(mb)));
  const step = niceStep(most / gridLines);
  const mbMax = Math.ceil(most / step) * step;
  const x = (screened: number): number => left + ((width - left - right) * screened) / claims;
  const y = (mb: number): number => height - bottom - ((height - top - bottom) * mb) / mbMax;
  const at = (value: number): string => value.toFixed(1);
  const grid = Array.from({ length: Math.round(mbMax / step) + 1 }, (_, line) => {
    const mb = line * step;
    return `<path d="M${left} ${at(y(mb))}H${width - right}" stroke="#ddd"/><text x="${left - 6}" y="${at(y(mb) + 4)}" text-anchor="end">${mb}</text>`;
  });
  const axis = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${at(x(share * claims))}" y="${height - bottom + 16}" text-anchor="middle">${((share * claims) / 1e6).toLocaleString('en-US')}</text>`,
  );
  const curves = parts.map((part, index) => {
    const known = samples.flatMap(({ screened, mb }) => {
      const value = mb[part];
      return value === undefined ? [] : [`${at(x(screened))},${at(y(value))}`];
    });
    const end = samples.findLast(({ mb }) => mb[part] !== undefined)?.mb[part] ?? 0;
    return { part, end, points: known.join(' '), colour: colours[index % colours.length] };
  });
  let labelY = height;
  const lines = curves
    .toSorted((a, b) => a.end - b.end)
    .map(({ part, end, points, colour }) => {
      labelY = Math.min(y(end) + 4, labelY - labelHeight);
      return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/><text x="${width - right + 6}" y="${at(labelY)}" fill="${colour}">${part} ${end}</text>`;
    });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...grid,
    ...axis,
    `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">million claims screened; MB resident</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** 1, 2 or 5 times a power of ten, at least `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}
