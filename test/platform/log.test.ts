import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog, personalFields } from '../../src/platform/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const chunks: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  write(createLog({ process: 'test', level: 'trace', destination }));
  return chunks.join('');
}

const person = {
  certno: '110101199003074477',
  psn_name: '张三丰',
  tel: '13812345678',
  addr: '武当山',
  mdtrt_cert_no: 'C-77',
};
const traces = Object.values(person);

test.each([
  ['at the top', person],
  ['nested', { claim: { person } }],
  ['in a list', { claims: [{ person }, { deeper: [{ person }] }] }],
  ['under other spellings', { CERTNO: person.certno, Psn_Name: person.psn_name }],
  ['very deep', { a: { b: { c: { d: { e: { f: { g: { h: { person } } } } } } } } }],
])('personal data %s is removed', (_where, entry) => {
  const text = logged((log) => log.info(entry, 'claim'));
  for (const trace of traces) expect(text).not.toContain(trace);
});

test('personal data in the ids of a child logger is removed', () => {
  const text = logged((log) => log.child({ request_id: 'r-1', psn_name: person.psn_name }).info('x'));
  expect(text).toContain('r-1');
  expect(text).not.toContain(person.psn_name);
});

test('every field that names a person is covered', () => {
  const entry = Object.fromEntries([...personalFields].map((field) => [field, `secret of ${field}`]));
  expect(logged((log) => log.info({ claim: entry }, 'x'))).not.toContain('secret of');
});

test('ids, amounts and times stay', () => {
  const entry = {
    batch_id: 17,
    setl_id: '3305220000012345',
    amount: '12.50',
    at: new Date(0),
    ok: true,
    none: null,
  };
  const line: unknown = JSON.parse(logged((log) => log.info(entry, 'screened')));
  expect(line).toMatchObject({
    ...entry,
    at: '1970-01-01T00:00:00.000Z',
    msg: 'screened',
    level: 'info',
    process: 'test',
  });
});

test('an error keeps type, code and stack, but not the row that the database quotes', () => {
  const error = Object.assign(new Error('duplicate key, person 110101199003074477, tel 13812345678'), {
    code: '23505',
    detail: 'Key (certno)=(110101199003074477) already exists.',
    parameters: ['张三丰'],
  });
  const text = logged((log) => log.error({ err: error, batch_id: 3 }, 'failed'));
  expect(JSON.parse(text)).toMatchObject({ err: { type: 'Error', code: '23505' }, batch_id: 3 });
  expect(text).toContain('log.test.ts');
  for (const trace of traces) expect(text).not.toContain(trace);
});

test('the end of a request or batch is found by the ids of its child logger', () => {
  const text = logged((log) => log.child({ request_id: 'r-1' }).child({ batch_id: 9 }).warn('late'));
  expect(JSON.parse(text)).toMatchObject({ request_id: 'r-1', batch_id: 9, level: 'warn' });
});
