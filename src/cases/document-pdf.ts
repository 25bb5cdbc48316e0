/**
 * A document of a case as PDF on A4, with the glyphs that it needs out of Noto Serif SC (OFL) embedded, so that it looks the same everywhere.
 * The same document and font give the same bytes: its date is that of the event which called for it.
 */
import { createRequire } from 'node:module';
import Pdf from 'pdfkit';
import type { CaseDocument } from './document.ts';

/** In points, 72 an inch: margins as official documents have them, about 37 mm on top and 28 mm at the left. */
const margins = { top: 105, bottom: 85, left: 79, right: 74 };
const titlePt = 22;
const numberPt = 12;
const bodyPt = 13;
const footPt = 9;
const lineGapPt = 8;
const footAbovePt = 50;
const drawnPt: [number, number] = [220, 90];

/** About 14 MB, read for each document: they are rare, and the page cache of the system keeps it. */
export const documentFont = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
);

/** What is printed of a document. */
export type PrintedDocument = Pick<CaseDocument, 'title' | 'number' | 'lines' | 'standing' | 'version'>;

/**
 * @param at of the event, `yyyy-MM-dd HH:mm:ss` in Asia/Shanghai
 * @param drawn pictures below the text, such as a signature
 */
export async function documentPdf(
  { title, number, lines, standing, version }: PrintedDocument,
  at: string,
  font: Buffer,
  drawn: readonly Buffer[] = [],
): Promise<Buffer> {
  const made = new Date(`${at.replace(' ', 'T')}+08:00`);
  const pdf = new Pdf({
    size: 'A4',
    margins,
    bufferPages: true,
    lang: 'zh-CN',
    displayTitle: true,
    info: { Title: `${title} ${number}`, Creator: 'fundwatch', CreationDate: made, ModDate: made },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  pdf.registerFont('text', font);
  pdf.font('text').fontSize(titlePt).text(title, { align: 'center' });
  pdf.moveDown(0.4).fontSize(numberPt).text(number, { align: 'right' }).moveDown(0.8).fontSize(bodyPt);
  for (const [place, line] of lines.entries())
    if (line === '') pdf.moveDown(0.6);
    else pdf.text(line, { lineGap: lineGapPt, indent: isHeading(line, place) ? 0 : 2 * bodyPt });
  for (const picture of drawn) pdf.moveDown(0.4).image(picture, { fit: drawnPt });
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pdf.switchToPage(page);
    // Without a bottom margin: a line below it would begin another page.
    pdf.page.margins.bottom = 0;
    const note = standing === '示例' ? `　示例模板，第 ${version} 版` : `　第 ${version} 版`;
    pdf
      .fontSize(footPt)
      .text(`第 ${page + 1} 页　共 ${count} 页${note}`, margins.left, pdf.page.height - footAbovePt, {
        align: 'center',
        width: pdf.page.width - margins.left - margins.right,
        lineBreak: false,
      });
    pdf.page.margins.bottom = margins.bottom;
  }
  pdf.end();
  return finished;
}

/** `一、…`, and whom the document addresses. */
const isHeading = (line: string, place: number): boolean =>
  /^[一二三四五六七八九十]+、/.test(line) || (place === 0 && line.endsWith('：'));
