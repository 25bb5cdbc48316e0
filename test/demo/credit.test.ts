/** The ledger of the demo city: every entry is one that the product takes, and its kinds of subjects are all there. */
import { expect, test } from 'vitest';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { recordEntry } from '../../src/credit/service.ts';
import { subjectsPage } from '../../src/credit/view-service.ts';
import { subjectKinds } from '../../src/credit/contract.ts';
import { cityDefaults, generateCity } from '../../src/demo/city.ts';
import { demoCredit } from '../../src/demo/credit.ts';
import { systemActor } from '../../src/audit/actor.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { createTestDatabase } from '../support/database.ts';

test('is recorded without a refusal, and shows every kind of subject', async () => {
  const held = await createTestDatabase();
  try {
    const asOf = (): number => dayOf('2026-11-28') ?? 0;
    const deps = { database: held.database, schemes: await loadSchemes('rules'), asOf };
    const actor = systemActor('demo');
    for (const entry of demoCredit(generateCity({ ...cityDefaults, persons: 200 }), asOf()))
      expect(await recordEntry(deps, actor, entry)).toMatchObject({ ok: true });
    for (const kind of subjectKinds) {
      const { items } = await subjectsPage(deps, actor, kind, 0);
      expect([kind, items.length > 0 && items.every(({ grades }) => grades.length === 1)]).toEqual([
        kind,
        true,
      ]);
    }
    const { items } = await subjectsPage(deps, actor, 'institution', 0);
    // The penalty of the first was revoked; the second defrauded the fund.
    expect(items.map(({ grades }) => grades[0]?.code)).toEqual(['A', 'E', 'A']);
  } finally {
    await held.drop();
  }
});
