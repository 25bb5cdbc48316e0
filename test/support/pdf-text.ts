/** The text of a PDF as `documentPdf` writes it: glyphs of embedded fonts, by the table that each font brings along for whoever copies text. */
import { inflateSync } from 'node:zlib';

const streamsMax = 10_000;

/** Without line breaks: a line of the document may be broken on the page anywhere. */
export function textOfPdf(pdf: Buffer): string {
  const streams = streamsOf(pdf);
  const maps = streams.filter((text) => text.includes('beginbfrange')).map(glyphsIn);
  if (maps.length !== 1) throw new Error(`${maps.length} fonts; this reads one`);
  const [glyphs = new Map<string, string>()] = maps;
  return streams
    .flatMap((text) => [...text.matchAll(/\[([^\]]*)\] TJ/g)])
    .flatMap(([, shown = '']) => [...shown.matchAll(/<([0-9a-f]+)>/g)])
    .flatMap(([, codes = '']) => codes.match(/.{4}/g) ?? [])
    .map((code) => glyphs.get(code) ?? '�')
    .join('');
}

function streamsOf(pdf: Buffer): string[] {
  const found: string[] = [];
  let at = pdf.indexOf('stream\n');
  while (at !== -1 && found.length < streamsMax) {
    const start = at + 'stream\n'.length;
    const end = pdf.indexOf('endstream', start);
    try {
      found.push(inflateSync(pdf.subarray(start, end)).toString('latin1'));
    } catch {
      // Not every stream is compressed; what is text here always is.
    }
    at = pdf.indexOf('\nstream\n', end);
    if (at !== -1) at += 1;
  }
  return found;
}

function glyphsIn(map: string): Map<string, string> {
  const glyphs = new Map<string, string>();
  for (const [, from = '', list = ''] of map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g))
    for (const [place, [, codes = '']] of [...list.matchAll(/<([0-9a-f]*)>/g)].entries())
      glyphs.set(
        (Number.parseInt(from, 16) + place).toString(16).padStart(4, '0'),
        String.fromCharCode(...(codes.match(/.{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16))),
      );
  return glyphs;
}
