/** The page that anybody opens to repeat a draw: no server, no network, nothing leaves it. */
import './zod-without-eval.ts';
import { canonicalJson } from '../../audit/canonical-json.ts';
import type { Message } from '../../claims/contract.ts';
import type { Bundle } from '../contract.ts';
import { entropyWords } from '../entropy-contract.ts';
import { type DrawVerdict, type Verification, type VerifiedPart, verifyFile } from '../verify.ts';

type Language = keyof Message;

const texts = {
  title: { zh: '双随机抽取核验', en: 'Verify a draw' },
  intro: {
    zh: '选择公布的抽取文件，本页在您的电脑上重做一次抽取并逐项比较。不联网，文件不离开本机。',
    en: 'Choose a published bundle. This page repeats the draw on your machine and compares every part. It uses no network; the file stays here.',
  },
  file: { zh: '抽取文件（JSON）', en: 'Bundle (JSON)' },
  drop: { zh: '或将文件拖到这里', en: 'or drop it here' },
  hash: { zh: '公布的承诺哈希（可不填）', en: 'Published hash of the commitment (optional)' },
  working: { zh: '正在重做抽取…', en: 'Repeating the draw…' },
  own: { zh: '承诺哈希', en: 'Hash of the commitment' },
  agrees: { zh: '浏览器自带算法核对一致', en: 'the browser’s own SHA-256 agrees' },
  disagrees: { zh: '浏览器自带算法的结果不同', en: 'the browser’s own SHA-256 differs' },
  plan: { zh: '方案', en: 'Plan' },
  committed: { zh: '承诺时间', en: 'Committed at' },
  source: { zh: '种子来源', en: 'Seed' },
  entropy: { zh: '公布数字的熵', en: 'Entropy of the numbers' },
  seed: { zh: '种子', en: 'Seed value' },
  redraw: { zh: '重抽，取代', en: 'A redraw in place of' },
  approvers: { zh: '批准人', en: 'approved by' },
  parts: { zh: '核验项目', en: 'Parts' },
  passed: { zh: '一致', en: 'the same' },
  failed: { zh: '不一致', en: 'differs' },
  drawn: { zh: '抽中 {n} / {size}', en: '{n} of {size} drawn' },
  rank: { zh: '序号', en: 'No.' },
  object: { zh: '检查对象', en: 'Object' },
  ticket: { zh: '签号', en: 'Ticket' },
  team: { zh: '检查人员', en: 'Inspectors' },
  replacements: { zh: '替补', en: 'Replacements' },
  more: { zh: '另有 {n} 个，见文件', en: '{n} more in the file' },
  unreadable: { zh: '文件无法读取', en: 'The file cannot be read' },
} as const satisfies Record<string, Message>;

const verdicts: Readonly<Record<DrawVerdict, Message>> = {
  reproduced: { zh: '复现一致', en: 'Reproduced' },
  sealed: { zh: '已抽取，名单待检查完成后公开', en: 'Drawn; the names are opened when the checks are done' },
  committed: { zh: '已承诺，尚未抽取', en: 'Committed, not drawn yet' },
  differs: { zh: '不一致', en: 'Differs' },
};

const partNames: Readonly<Record<VerifiedPart, Message>> = {
  file: { zh: '文件格式', en: 'file' },
  commitment: { zh: '承诺', en: 'commitment' },
  plan: { zh: '方案', en: 'plan' },
  directories: { zh: '名录叶哈希', en: 'leaves of the directories' },
  evidence: { zh: '种子证据', en: 'evidence of the seed' },
  salt: { zh: '名录内容', en: 'lines of the directories' },
  result: { zh: '抽取结果', en: 'result' },
  teams: { zh: '检查人员', en: 'inspectors' },
  replacements: { zh: '替补', en: 'replacements' },
};

/** Rows of a stratum that are shown; the file has them all. */
const rowsMax = 500;

let language: Language = navigator.language.startsWith('zh') ? 'zh' : 'en';
let shown: { readonly verification: Verification; readonly isSame: boolean | null } | null = null;

const t = (message: Message, values: Readonly<Record<string, string | number>> = {}): string =>
  Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, String(value)),
    message[language],
  );

type Child = Node | string;
function make(tag: string, attributes: Readonly<Record<string, string>>, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const result = make('section', { 'aria-live': 'polite' });
const fileInput = document.createElement('input');
fileInput.type = 'file';
fileInput.accept = '.json,application/json';
fileInput.id = 'file';
const hashInput = document.createElement('input');
hashInput.type = 'text';
hashInput.id = 'hash';
hashInput.spellcheck = false;
hashInput.maxLength = 64;

fileInput.addEventListener('change', () => void open(fileInput.files?.[0]));
hashInput.addEventListener('change', () => void open(fileInput.files?.[0]));
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  const files = event.dataTransfer?.files;
  if (files === undefined || files.length === 0) return;
  fileInput.files = files;
  void open(files[0]);
});

async function open(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  result.replaceChildren(make('p', { role: 'status' }, t(texts.working)));
  // So that the line above is drawn before the work begins.
  await new Promise((resolve) => setTimeout(resolve, 30));
  try {
    const published = hashInput.value.trim().toLowerCase();
    const verification = verifyFile(
      new Uint8Array(await file.arrayBuffer()),
      published === '' ? undefined : published,
    );
    const { bundle } = verification;
    shown = {
      verification,
      isSame: bundle === null ? null : await isSameHash(bundle, verification.commitment_sha256),
    };
    draw();
  } catch (error) {
    result.replaceChildren(make('p', { class: 'bad' }, `${t(texts.unreadable)}: ${String(error)}`));
  }
}

/** Hashed once more by the browser itself; `null`: it has no Web Crypto here. */
async function isSameHash({ commitment }: Bundle, hash: string | null): Promise<boolean | null> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return null;
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(canonicalJson(commitment)));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === hash;
}

function draw(): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = t(texts.title);
  const switchTo = make('button', { type: 'button' }, language === 'zh' ? 'English' : '中文');
  switchTo.addEventListener('click', () => {
    language = language === 'zh' ? 'en' : 'zh';
    draw();
  });
  document.body.replaceChildren(
    make(
      'main',
      {},
      make('header', {}, make('h1', {}, t(texts.title)), switchTo),
      make('p', {}, t(texts.intro)),
      make(
        'p',
        {},
        make('label', { for: 'file' }, t(texts.file)),
        fileInput,
        make('small', {}, t(texts.drop)),
      ),
      make('p', {}, make('label', { for: 'hash' }, t(texts.hash)), hashInput),
      result,
    ),
  );
  if (shown !== null) result.replaceChildren(...resultParts(shown));
}

function resultParts({ verification, isSame }: NonNullable<typeof shown>): Node[] {
  const { verdict, faults, passed, bundle, commitment_sha256 } = verification;
  const failed = [...new Set(faults.map(({ part }) => part))];
  const isGood = verdict !== 'differs' && isSame !== false;
  return [
    make(
      'p',
      { class: isGood ? 'verdict good' : 'verdict bad', role: 'status', 'data-verdict': verdict },
      t(verdicts[verdict]),
    ),
    ...(faults.length === 0
      ? []
      : [
          make(
            'ul',
            { class: 'bad' },
            ...faults.map(({ part, message }) => make('li', {}, `${t(partNames[part])}: ${t(message)}`)),
          ),
        ]),
    ...(bundle === null ? [] : [facts(bundle, commitment_sha256 ?? '', isSame)]),
    make('h2', {}, t(texts.parts)),
    make(
      'ul',
      {},
      ...passed.map((part) => make('li', {}, `✓ ${t(partNames[part])}: ${t(texts.passed)}`)),
      ...failed.map((part) => make('li', { class: 'bad' }, `✗ ${t(partNames[part])}: ${t(texts.failed)}`)),
    ),
    ...(bundle === null ? [] : strataParts(bundle)),
  ];
}

function facts({ commitment, opening }: Bundle, hash: string, isSame: boolean | null): Node {
  const { plan, committed_at, redraw_of } = commitment;
  const rows: [Message, string][] = [
    [texts.own, `${hash}${isSame === null ? '' : ` (${t(isSame ? texts.agrees : texts.disagrees)})`}`],
    [texts.plan, `${plan.title} · ${plan.plan_id} · ${plan.agency}`],
    [texts.committed, committed_at],
    [texts.source, sourceWords(plan.seed_source)],
  ];
  if (plan.seed_source.kind === 'published') rows.push([texts.entropy, t(entropyWords(plan.seed_source))]);
  if (opening?.result.seed != null) rows.push([texts.seed, opening.result.seed]);
  if (redraw_of !== null)
    rows.push([
      texts.redraw,
      `${redraw_of.commitment_sha256} · ${redraw_of.reason} · ${t(texts.approvers)} ${redraw_of.approvers.join(', ')}`,
    ]);
  return make('dl', {}, ...rows.flatMap(([name, value]) => [make('dt', {}, t(name)), make('dd', {}, value)]));
}

function sourceWords(source: Bundle['commitment']['plan']['seed_source']): string {
  switch (source.kind) {
    case 'drand':
      return `drand ${source.chain} #${source.round}`;
    case 'published':
      return source.sources.map(({ name, available_at }) => `${name} ${available_at}`).join(' · ');
    case 'dice':
      return `${source.parties.join(' + ')} · ${source.held_at}`;
  }
}

function strataParts({ commitment, opening }: Bundle): Node[] {
  if (opening === null) return [];
  const names = new Map(opening.objects.map(({ object_id, name }) => [object_id, name]));
  const people = new Map(opening.inspectors.map(({ inspector_id, name }) => [inspector_id, name]));
  const teams = new Map(opening.result.teams?.map(({ object_id, inspectors }) => [object_id, inspectors]));
  const titles = new Map(commitment.plan.strata.map(({ code, title }) => [code, title]));
  return [
    ...opening.result.strata.flatMap(({ code, size, drawn }) => [
      make('h2', {}, `${titles.get(code) ?? code} – ${t(texts.drawn, { n: drawn.length, size })}`),
      table(
        [texts.rank, texts.object, texts.ticket, ...(teams.size > 0 ? [texts.team] : [])],
        drawn
          .slice(0, rowsMax)
          .map(({ object_id, ticket }, index) => [
            String(index + 1),
            `${object_id} ${names.get(object_id) ?? ''}`,
            ticket,
            ...(teams.size > 0
              ? [(teams.get(object_id) ?? []).map((id) => people.get(id) ?? id).join('、')]
              : []),
          ]),
      ),
      ...(drawn.length > rowsMax ? [make('p', {}, t(texts.more, { n: drawn.length - rowsMax }))] : []),
    ]),
    ...(opening.replacements.length === 0
      ? []
      : [
          make('h2', {}, t(texts.replacements)),
          make(
            'ul',
            {},
            ...opening.replacements.map((one) =>
              make(
                'li',
                {},
                `${one.out} → ${one.in} · ${one.reason} · ${one.signed_by} · ${one.at} · ${one.chain_sha256}`,
              ),
            ),
          ),
        ]),
  ];
}

const table = (heads: readonly Message[], rows: readonly (readonly string[])[]): Node =>
  make(
    'div',
    { class: 'wide' },
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, t(head))))),
      make('tbody', {}, ...rows.map((cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, cell))))),
    ),
  );

draw();
