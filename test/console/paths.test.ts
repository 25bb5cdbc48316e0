import { describe, expect, it } from 'vitest';
import {
  apiPaths,
  auditQueryOf,
  findingsQueryOf,
  paths,
  quarantineQueryOf,
} from '../../src/console/paths.ts';
import { findingsQuerySchema } from '../../src/screening/contract.ts';

const queryAt = (address: string) => findingsQueryOf(new URL(address, 'http://localhost').searchParams);

describe('addresses', () => {
  it('give back the filter they were made of', () => {
    const query = findingsQuerySchema.parse({
      rule_code: 'FW-STAY-SPLIT',
      verdict: '可疑',
      state: 'withdrawn',
      fixmedins_code: 'H1',
      setl_id: 'S 1&2',
      from: '2025-01-01',
      to: '2025-02-01',
      amount_min: 100.5,
      page: 3,
      page_size: 20,
      sort: 'amount',
      order: 'asc',
    });
    expect(queryAt(paths.findings(query))).toEqual(query);
    expect(queryAt(paths.finding('abc', query))).toEqual(query);
  });

  it('leave defaults out', () => {
    expect(paths.findings(findingsQuerySchema.parse({}))).toBe('/findings');
    expect(paths.findings({ verdict: undefined, page: 1 })).toBe('/findings');
    expect(paths.quarantine(quarantineQueryOf(new URLSearchParams()))).toBe('/quarantine');
    expect(paths.audit(auditQueryOf(new URLSearchParams('before=0&kind=audit.exported&to=never')))).toBe(
      '/audit?kind=audit.exported',
    );
  });

  it('drop what cannot be read instead of refusing the rest', () => {
    expect(
      queryAt('/findings?page=-3&verdict=nonsense&from=2025-02-30&page_size=9999&psn_no=1&rule_code=FW-A'),
    ).toEqual(findingsQuerySchema.parse({ rule_code: 'FW-A' }));
  });

  it('quote what stands in them', () => {
    expect(paths.rule('A/B ?')).toBe('/rules/A%2FB%20%3F');
    expect(paths.person({ fixmedins_code: 'H/1', setl_id: 'S 1?' })).toBe('/persons/H%2F1/S%201%3F');
    expect(apiPaths.dismiss('../x')).toBe('/api/v1/quarantine/..%2Fx/dismiss');
  });

  it('ask the API for everything that the contract defines and nothing else', () => {
    const asked = new URL(apiPaths.findings(queryAt('/findings?sort=amount')), 'http://localhost')
      .searchParams;
    expect(findingsQuerySchema.parse(Object.fromEntries(asked))).toEqual(queryAt('/findings?sort=amount'));
  });
});
