/** The first start of an empty installation: the demo city is loaded and screened before one's eyes. */
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { systemActor } from '../audit/actor.ts';
import { takeClaims } from '../claims/intake.ts';
import { loadProcedure } from '../cases/load-procedure.ts';
import type { ClaimItem } from '../claims/item.ts';
import { loadSchemes } from '../credit/scheme-files.ts';
import { recordEntry } from '../credit/service.ts';
import { lastLink } from '../credit/store.ts';
import { type City, claimsOf, cityDefaults, generateCity } from '../demo/city.ts';
import { demoCredit, demoGraded } from '../demo/credit.ts';
import { AREA } from '../demo/people.ts';
import { createDemoAccounts, createFirstAdministrator } from '../people/account-service.ts';
import { demoPassword } from '../people/demo-accounts.ts';
import { thisSecond, today } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { openQueue } from '../platform/queue.ts';
import { loadPublicityTerms } from '../publicity/load-terms.ts';
import { loadRuleSet } from '../rules/library.ts';
import { screenJob, screenQueue } from '../screening/queue.ts';
import { waitingState } from '../screening/store.ts';
import { openVault } from '../vault/vault-service.ts';
import { publishDemo } from './demo-publications.ts';
import { vaultSettings } from './vault-settings.ts';

export type FirstStart = {
  config: Config;
  databaseUrl: string;
  /** Where the API answers by now. */
  apiUrl: string;
  print: (line: string) => void;
};

const poolMax = 3;
const pollMs = 250;
/** Without any progress for so long the start goes on; the workers go on too. */
const patienceMs = 60_000;

/** The demo city's first hospital, which its account of role 医药机构 speaks for. */
const demoHospital = `H${AREA}00001`;

/**
 * Somebody must be able to sign in to an empty installation: one account a role with a public password where the demo runs, else an
 * administrator. @returns the administrator's password, which nobody will see again; `null`: nobody was made, or only demo accounts
 */
export async function firstPeople(config: Config, databaseUrl: string): Promise<string | null> {
  const database = openDatabase(databaseUrl, { applicationName: 'fundwatch start', poolMax: 1 });
  try {
    const deps = { database };
    if (config.demo) {
      await createDemoAccounts(deps, { area: config.area, fixmedinsCode: demoHospital });
      return null;
    }
    return await createFirstAdministrator(deps, config.area);
  } finally {
    await database.close();
  }
}

/** Called by `npm start` once API and worker run and FUNDWATCH_DEMO is on. Does nothing when any claim is known. */
export async function firstStart({ config, databaseUrl, apiUrl, print }: FirstStart): Promise<void> {
  const log = createLog({ process: 'demo', level: 'warn', destination: process.stderr });
  const database = openDatabase(databaseUrl, { applicationName: 'fundwatch demo', poolMax });
  try {
    const { rows } = await database.pool.query<{ known: boolean }>(
      'SELECT EXISTS (SELECT 1 FROM intake_batch) AS known',
    );
    if (rows[0]?.known !== false) return;
    const queue = await openQueue({ databaseUrl, redisUrl: config.redisUrl }, screenQueue, log);
    try {
      const city = generateCity(cityDefaults);
      await loadDemoCity(
        config,
        database,
        city,
        (batchIds) => queue.addMany(batchIds.map(screenJob)),
        log,
        print,
      );
      await recordDemoCredit(config, database, city);
      await publishDemoCity(config, database, city);
      await printFindings(database, apiUrl, print);
    } finally {
      await queue.close();
    }
  } finally {
    await database.close();
  }
}

async function loadDemoCity(
  config: Config,
  database: Database,
  city: City,
  announce: (batchIds: readonly number[]) => Promise<void>,
  log: ReturnType<typeof createLog>,
  print: (line: string) => void,
): Promise<void> {
  print(
    `首次启动：载入演示城市（${city.persons.length} 名参保人，${city.institutions.length} 家机构，${cityDefaults.months} 个月；数据均为虚构）。\n` +
      'First start: loading the demo city. All of it is made up.',
  );
  const startedAt = performance.now();
  const bar = new SingleBar({
    format: '  {what} {bar} {percentage}%  {value}/{total}',
    stream: process.stderr,
    hideCursor: true,
    etaBuffer: 100,
    noTTYOutput: true,
    notTTYSchedule: 5_000,
  });
  async function* items(): AsyncGenerator<ClaimItem[]> {
    let index = 0;
    for (const value of claimsOf(city))
      yield [{ index: index++, raw: Buffer.from(JSON.stringify(value)), problems: [] }];
  }
  bar.start(city.arrivals.length, 0, { what: '接收 intake   ' });
  let taken = 0;
  const vault = openVault(vaultSettings(config, database));
  const deps = { database, vault, actor: systemActor('demo'), announce, asOf: today, log };
  for await (const { counts } of takeClaims(deps, 'demo', items())) {
    taken += counts.received;
    bar.update(taken);
  }
  bar.stop();
  const total = (await waitingState(database)).claims;
  bar.start(Math.max(taken, total), taken - total, { what: '筛查 screening' });
  let lastWaiting = total;
  let lastProgress = performance.now();
  for (;;) {
    const { claims: waiting } = await waitingState(database);
    bar.update(taken - waiting);
    if (waiting === 0) break;
    if (waiting !== lastWaiting) lastProgress = performance.now();
    else if (performance.now() - lastProgress > patienceMs) break;
    lastWaiting = waiting;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  bar.stop();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(
    `已接收并筛查 ${taken} 张结算单，用时 ${seconds} 秒。Took in and screened ${taken} claims in ${seconds} s.`,
  );
}

/** Only into an empty ledger: what is in it can never be taken out. */
async function recordDemoCredit(config: Config, database: Database, city: City): Promise<void> {
  if ((await lastLink(database.pool)) !== null) return;
  const deps = { database, schemes: await loadSchemes(config.rulesDir), asOf: today };
  for (const entry of demoCredit(city, today())) {
    const done = await recordEntry(deps, systemActor('demo'), entry);
    if (!done.ok) throw new Error(`${done.reason.zh} / ${done.reason.en}`);
  }
}

async function publishDemoCity(config: Config, database: Database, city: City): Promise<void> {
  const { rulesDir } = config;
  const procedure = await loadProcedure(path.join(rulesDir, 'procedure'));
  const { rules } = await loadRuleSet(rulesDir);
  const classes = new Map(rules.map(({ document }) => [document.code, document.category]));
  await publishDemo(
    { database, schemes: await loadSchemes(rulesDir), asOf: today, calendar: procedure.calendar },
    {
      database,
      vault: openVault(vaultSettings(config, database)),
      procedure,
      terms: await loadPublicityTerms(rulesDir),
      classOf: () => classes,
      now: thisSecond,
    },
    demoGraded(city),
  );
}

async function printFindings(
  database: Database,
  apiUrl: string,
  print: (line: string) => void,
): Promise<void> {
  const { rows } = await database.pool.query<{
    name: string;
    verdict: string;
    findings: number;
    amount: string;
  }>(
    `SELECT body->'rule_name'->>'zh' AS name, verdict, count(*) AS findings, sum(amount)::numeric(18,2)::text AS amount
       FROM finding WHERE state = 'active' GROUP BY 1, 2 ORDER BY sum(amount) DESC`,
  );
  print('发现的疑点 / findings:');
  for (const { name, verdict, findings, amount } of rows)
    print(`  ${String(findings).padStart(5)}  ${amount.padStart(12)} 元  ${verdict}  ${name}`);
  print(`查看 / look at them: ${apiUrl}/findings`);
  print(`演示账户见登录页，密码 / demo accounts are listed on the sign-in page, password: ${demoPassword}`);
}
