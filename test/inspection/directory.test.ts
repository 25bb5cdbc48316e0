import { describe, expect, test } from 'vitest';
import { type Directory, readExperts, readInspectors, readObjects } from '../../src/inspection/directory.ts';
import { csvOf, directories, expertOf, inspectorOf, objectOf } from './draws.ts';

const issuesOf = <Entry>(read: Directory<Entry>): string[] =>
  read.ok ? [] : read.issues.map(({ line, column, message }) => `${line} ${column ?? ''} ${message.zh}`);

describe('the directories of a file', () => {
  test('are read as they were written', async () => {
    const { objects } = directories(60);
    const inspectors = [
      inspectorOf(1, {
        recused_from: ['H1', 'H2'],
        away: [
          { from: '2027-01-01', to: '2027-01-03' },
          { from: '2027-02-01', to: '2027-02-02' },
        ],
      }),
      inspectorOf(2, { specialties: [] }),
    ];
    expect(await readObjects(Buffer.from(csvOf(objects)))).toEqual({ ok: true, entries: objects });
    expect(await readInspectors(Buffer.from(csvOf(inspectors)))).toEqual({ ok: true, entries: inspectors });
    const experts = [expertOf(0), expertOf(1, { away: [{ from: '2026-01-01', to: '2026-02-01' }] })];
    expect(await readExperts(Buffer.from(csvOf(experts)))).toEqual({ ok: true, entries: experts });
  });

  test('name what is wrong with its line', async () => {
    const bad = csvOf([objectOf(1), objectOf(2, { object_id: '' }), objectOf(3)]).replace(/,510,/, ',viel,');
    const read = await readObjects(Buffer.from(bad));
    expect(issuesOf(read).some((issue) => issue.startsWith('3 object_id'))).toBe(true);
    const wrong = await readObjects(Buffer.from('object_id,nmae\nH1,x\n'));
    expect(issuesOf(wrong)[0]).toContain('缺少 name');
    expect(issuesOf(wrong)[0]).toContain('不认识 nmae');
    const risky = csvOf([objectOf(1)]).replace(`,${objectOf(1).risk ?? ''},`, ',high,');
    expect(issuesOf(await readObjects(Buffer.from(risky)))[0]).toMatch(/^2 risk/);
    expect(issuesOf(await readObjects(Buffer.from('')))[0]).toContain('文件为空');
    const away = csvOf([inspectorOf(1, { away: [{ from: '2027-01-01', to: 'soon' }] })]);
    expect(issuesOf(await readInspectors(Buffer.from(away)))[0]).toMatch(/^2 away/);
  });
});
