/** Publications in the console and on the public site: the built console in a real browser, on the real server. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide, prepare, preview, publicityDesk } from '../../src/publicity/service.ts';
import {
  confirmAMonth,
  confirmFindings,
  decideACase,
  hospital,
  leadCase,
  neighbour,
  publicityDeps,
  publishAGrade,
  said,
  who,
} from '../publicity/world.ts';
import { pdfOf, pngOf } from '../support/pictures.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { surplusWidth } from './open-console.ts';
import { openRealConsole, type RealConsole } from './real-console.ts';

const buildMs = 180_000;
const longMs = 120_000;

describe.skipIf(isLeftOut('chromium'))('publications in a browser', () => {
  let shown: RealConsole;
  beforeAll(async () => {
    shown = await openRealConsole([
      ['li.si', 'case_officer'],
      ['wang.wu', 'leader'],
      ['zhou.ba', 'tip_office'],
      ['qian.jiu', 'tip_office'],
    ]);
    const { database } = shown.held;
    await decideACase(shown.held, true);
    await publishAGrade(database);
    await confirmAMonth(database);
    await confirmFindings(database, neighbour, 'FW-STAY-SPLIT', 1);
    await publishThisMonth();
    await checkSome();
  }, buildMs);
  afterAll(() => shown?.close());

  /** When the month is over, which the console does not wait for. */
  async function publishThisMonth(): Promise<void> {
    const { rows } = await shown.held.database.pool.query<{ month: string; later: string }>(
      `SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month,
              to_char(now() AT TIME ZONE 'Asia/Shanghai' + interval '1 month', 'YYYY-MM') || '-02 09:00:00' AS later`,
    );
    const { month: source = '', later = '' } = rows[0] ?? {};
    const deps = await publicityDeps(shown.held, () => later);
    const officer = who('li.si', 'case_officer');
    const draft = { kind: 'statistics', source, story: null } as const;
    const { sha256 } = said(await preview(deps, draft)).preview;
    const { id } = said(await prepare(deps, officer, { ...draft, action: 'publish', sha256 }));
    said(await decide(deps, who('wang.wu', 'leader'), id, 'approve', { sha256, reason: '' }));
    expect((await publicityDesk(deps, officer)).waiting).toEqual([]);
  }

  /** A check that was done, one that was announced, and one that is overdue and was to be secret. */
  async function checkSome(): Promise<void> {
    const { pool } = shown.held.database;
    await pool.query(
      `INSERT INTO inspection_task (id, kind, recheck_of, object_id, object, team, from_day, due_day, reason, state, account)
       SELECT t.id, t.kind, t.recheck_of, t.code,
              json_build_object('object_id', t.code, 'name', t.name, 'kind', '医院', 'admdvs', substr(t.code, 2, 6)),
              '[]', '2026-01-05', '2026-01-20', '检查', t.state, 'li.si'
         FROM (VALUES (101, 'daily', NULL, 'H33070200001', '甲医院', 'signed'),
                      (102, 'flight', NULL, 'H33070300002', '保密医院', 'planned'),
                      (103, 'recheck', 101, 'H33070200001', '甲医院第二门诊部', 'planned'))
              AS t(id, kind, recheck_of, code, name, state)`,
    );
    await pool.query(
      `INSERT INTO inspection_record (task_id, object_id, checked_on, result_code, note, account)
       VALUES (101, 'H33070200001', to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'), 'corrected', '', 'li.si')`,
    );
  }

  const choose = async (page: Page, label: string, option: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).click();
    await page.locator('.ant-select-item-option', { hasText: option }).first().click();
  };
  const submit = async (page: Page): Promise<void> => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '确定' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const english = (page: Page): Promise<void> => page.getByText('English', { exact: true }).click();

  it(
    'are prepared by one, approved by another, seen by everybody, and withdrawn with a reason',
    async () => {
      const { open, look, picture, problems } = shown;
      const officer = await open('li.si', '/publicity');
      await officer.getByText('应公开（2）').waitFor();
      await picture(officer, 'publicity');
      await officer.getByRole('button', { name: '预览并拟稿公开' }).first().click();
      await officer.getByRole('dialog').getByText('公众将看到').waitFor();
      await officer.getByRole('dialog').getByText('第三十八条').waitFor();
      await picture(officer, 'publicity-preview');
      await submit(officer);
      await officer.getByText('待批准（1）').waitFor();
      expect(await officer.getByRole('button', { name: '批准' }).isDisabled()).toBe(true);

      await officer.getByRole('button', { name: '编写典型案例' }).click();
      const dialog = officer.getByRole('dialog');
      await choose(officer, '案件', '330702-');
      await dialog.getByLabel('标题').fill('某医院重复收费案');
      await dialog.getByLabel('案情').fill('某医院对同一项目重复收费，患者电话 13800138000 可以核实。');
      await dialog.getByLabel('处理').fill('责令退回医保基金，并处罚款，已全部缴清。');
      await dialog.getByLabel('警示').fill('定点医药机构应当按照规定的项目和频次收费。');
      await dialog.getByRole('button', { name: '确定' }).click();
      await dialog.getByText('连续数字').waitFor();
      await picture(officer, 'publicity-story');
      await dialog.getByLabel('案情').fill('某医院对同一项目重复收费，涉及住院病例若干。');
      await dialog.getByRole('button', { name: '确定' }).click();
      await officer.getByRole('dialog').getByText('公众将看到').waitFor();
      await submit(officer);
      await officer.getByText('待批准（2）').waitFor();

      const leader = await open('wang.wu', '/publicity', 'phone');
      await leader.getByText('待批准（2）').waitFor();
      await leader.getByRole('button', { name: '查看内容' }).first().click();
      await leader.getByText('公众将看到').waitFor();
      expect(await surplusWidth(leader)).toBe(0);
      await picture(leader, 'publicity-phone');
      for (const left of [1, 0]) {
        await leader.getByRole('button', { name: '批准' }).first().click();
        await leader.getByRole('button', { name: '确定' }).click();
        await leader.getByText(`待批准（${left}）`).waitFor();
      }

      const stranger = await look('/published/penalty');
      await stranger.getByText('罚决〔').waitFor();
      await stranger.getByText(hospital).waitFor();
      await picture(stranger, 'public-penalties');
      await english(stranger);
      await stranger.getByRole('heading', { name: 'Penalties' }).waitFor();
      await picture(stranger, 'public-penalties-en');
      await stranger.getByRole('link', { name: 'Typical cases' }).click();
      await stranger.getByText('某医院重复收费案').waitFor();
      await stranger.goto(`${shown.base}/published/checks`);
      await stranger.getByText('检查未完成，对象未公开').waitFor();
      await stranger.getByText('甲医院').first().waitFor();
      expect(await stranger.getByText('保密医院').count()).toBe(0);
      await picture(stranger, 'public-checks');
      await english(stranger);
      await stranger.getByText('Ordered to correct').waitFor();
      await picture(stranger, 'public-checks-en');
      const phone = await look('/published/statistics', 'phone');
      await phone.getByText('不公开', { exact: true }).first().waitFor();
      expect(await phone.getByText('不公开', { exact: true }).count()).toBe(4);
      await phone.goto(`${shown.base}/published/checks`);
      await phone.getByText('甲医院').first().waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await picture(phone, 'public-checks-phone');
      await phone.goto(`${shown.base}/published/statistics`);
      await phone.getByRole('cell', { name: '金华市金东区' }).waitFor();
      await phone.getByLabel('行政区划').click();
      await phone.getByLabel('行政区划').fill('婺城');
      await phone.locator('.ant-select-item-option', { hasText: '金华市婺城区' }).click();
      await phone.getByRole('cell', { name: '金华市金东区' }).waitFor({ state: 'detached' });
      expect(await surplusWidth(phone)).toBe(0);
      await picture(phone, 'public-statistics-area-phone');
      expect(await surplusWidth(phone)).toBe(0);
      await picture(phone, 'public-statistics-phone');
      await phone.goto(`${shown.base}/published/typical_case`);
      await phone.getByText('涉及住院病例若干').waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await picture(phone, 'public-cases-phone');
      await phone.goto(`${shown.base}/published/grade`);
      await phone.getByText('还没有公开的内容').waitFor();

      await officer.reload();
      await officer.getByRole('button', { name: '撤回', exact: true }).first().click();
      await officer.getByRole('dialog').getByLabel('理由').fill('行政复议决定撤销');
      await submit(officer);
      await leader.reload();
      await leader.getByRole('button', { name: '批准' }).first().click();
      await leader.getByRole('button', { name: '确定' }).click();
      await leader.getByText('待批准（0）').waitFor();
      await stranger.goto(`${shown.base}/published/penalty`);
      await stranger.getByText('行政复议决定撤销').first().waitFor();
      expect(await stranger.getByText(hospital).count()).toBe(0);
      await picture(stranger, 'public-withdrawn');
      expect(problems).toEqual([]);
    },
    longMs,
  );

  it(
    'a tip is read by its office alone, answered, and becomes a case that does not know who told',
    async () => {
      const { open, look, picture, problems, base } = shown;
      const passphrase = '一句只有受理机构知道的长口令';
      const office = await open('zhou.ba', '/tips');
      await office.getByText('尚未登记公钥').waitFor();
      const dialog = office.getByRole('dialog');
      await office.getByRole('button', { name: '生成新密钥' }).click();
      await dialog.getByLabel('口令', { exact: true }).fill(passphrase);
      await dialog.getByLabel('再输入一次').fill(`${passphrase}？`);
      await dialog.getByText('两次输入不同').waitFor();
      await dialog.getByLabel('再输入一次').fill(passphrase);
      await picture(office, 'tip-new-key');
      const saved = office.waitForEvent('download');
      await dialog.getByRole('button', { name: '确定' }).click();
      const keyFile = await (await saved).path();
      await office.getByText('已打开密钥').waitFor();

      const stranger = await look('/published/tip', 'phone');
      await stranger.getByLabel('举报什么').fill('本院每月把已出院的病人继续挂床，收取床位费。');
      await stranger.getByLabel('哪家机构或哪个人').fill('示例医院');
      await stranger.getByText('我是该机构的工作人员').click();
      await stranger.getByLabel('姓名（可不填）').fill('王小明');
      await stranger.locator('input[type=file]').setInputFiles([
        { name: '住院楼.png', mimeType: 'image/png', buffer: pngOf() },
        { name: '名单.docx', mimeType: 'application/pdf', buffer: Buffer.from('PK') },
        { name: '出院名单.pdf', mimeType: 'application/pdf', buffer: pdfOf('one') },
      ]);
      await stranger.getByText('附件（2）').waitFor();
      await stranger.getByText('名单.docx 未添加').waitFor();
      expect(await surplusWidth(stranger)).toBe(0);
      await picture(stranger, 'tip-form-phone');
      await stranger.getByRole('button', { name: '加密并提交' }).click();
      const code = await stranger.locator('.tip-receipt').innerText();
      await picture(stranger, 'tip-receipt-phone');

      await office.goto(`${base}/tips`);
      await office.getByText('密钥未打开').waitFor();
      await office.getByRole('button', { name: '打开密钥' }).click();
      await dialog.locator('input[type=file]').setInputFiles(keyFile);
      await dialog.getByLabel('口令', { exact: true }).fill('不是这一句口令');
      await dialog.getByRole('button', { name: '确定' }).click();
      await dialog.getByText('口令不对').waitFor();
      await dialog.getByLabel('口令', { exact: true }).fill(passphrase);
      await dialog.getByRole('button', { name: '确定' }).click();
      await office.getByText('已打开密钥').waitFor();
      await office.locator('.finding-cards').getByRole('link').click();
      await office.getByText('继续挂床').waitFor();
      await office.getByText('王小明').waitFor();
      await office.getByRole('button', { name: '打开附件' }).first().click();
      await office.getByAltText('住院楼.png').waitFor();
      await office.getByRole('button', { name: '打开附件' }).click();
      await office.getByText('出院名单.pdf').waitFor();
      const act = async (
        action: string,
        fill: (form: Locator) => Promise<void>,
        who: Page = office,
      ): Promise<void> => {
        await who.getByRole('button', { name: action, exact: true }).click();
        const form = who.getByRole('dialog').filter({ hasText: '给举报人的答复' }).last();
        await fill(form);
        await form.getByRole('button', { name: '确定' }).click();
        await who.locator('.knowledge-rows').getByText(action, { exact: true }).last().waitFor();
        await form.waitFor({ state: 'detached' });
      };
      await act('受理', (form) => form.getByLabel('给举报人的答复').fill('已受理，请补充床号。'));
      await picture(office, 'tip-opened');
      await act('提高抽查', (form) => form.getByLabel('定点医药机构编号').fill(hospital));
      await act('转办立案', async (form) => {
        await form.getByLabel('定点医药机构编号').fill(hospital);
        await form.getByLabel('线索摘要').fill('反映该院对已出院人员继续记录床位费，请核查。');
      });
      const close = office.getByRole('button', { name: '办结', exact: true });
      expect(await close.getAttribute('title')).toContain('尚未立为案件');

      const officer = await open('li.si', '/cases');
      await officer.getByText('举报转来的线索（1）').waitFor();
      await picture(officer, 'tip-clues');
      await officer.getByRole('button', { name: '登记线索' }).click();
      await officer.waitForURL(/\/cases\/\d+$/);
      await officer.getByText('举报受理机构摘要').waitFor();
      expect(await officer.getByText('王小明').count()).toBe(0);

      await stranger.goto(`${base}/published/tip`);
      await stranger.getByLabel('回执').fill(code.toLowerCase().replaceAll('-', ' '));
      await stranger.getByRole('button', { name: '查询' }).click();
      await stranger.getByText('已受理，请补充床号。').waitFor();
      expect(await surplusWidth(stranger)).toBe(0);
      await picture(stranger, 'tip-answers-phone');
      await english(stranger);
      await stranger.getByRole('heading', { name: 'Tell us' }).waitFor();
      await picture(stranger, 'tip-answers-phone-en');

      // Verified, decided, and rewarded by two.
      const caseNumber = Number(/\d+$/.exec(new URL(officer.url()).pathname)?.[0]);
      await leadCase(shown.held, caseNumber, 4_000_000, false);
      const address = office.url();
      await office.reload();
      await act('办结', (form) => form.getByText('查证属实').click());
      await act('拟定奖励', async (form) => {
        await form.getByLabel('奖励等级').click();
        await office.locator('.ant-select-item-option', { hasText: '一级' }).click();
      });
      const approve = office.getByRole('button', { name: '批准奖励', exact: true });
      expect(await approve.getAttribute('title')).toContain('不得审批本人');
      const second = await open('qian.jiu', new URL(address).pathname, 'phone');
      await act('批准奖励', (form) => form.getByText('拟定等级 A').waitFor(), second);
      expect(await surplusWidth(second)).toBe(0);
      await picture(second, 'tip-approved-phone');
      await office.reload();
      await act('登记发放', async (form) => {
        await form.getByLabel('发放凭证号').fill('付2026-0001');
        await picture(office, 'tip-pay');
      });
      await office.goto(`${base}/tips`);
      await office.getByText('举报奖励').waitFor();
      await picture(office, 'tip-rewards');
      await english(office);
      await office.getByRole('columnheader', { name: 'Not claimed' }).waitFor();
      await picture(office, 'tip-rewards-en');
      await stranger.getByLabel('Receipt').fill(code);
      await stranger.getByRole('button', { name: 'Ask' }).click();
      await stranger.getByText(/The reward of .* was paid/).waitFor();
      expect(problems).toEqual([]);
    },
    longMs,
  );
});
