import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type FormDocument,
  formDocumentOf,
  freeParamName,
  isParamUsed,
  withParamNamed,
  withParts,
} from '../../../src/console/rules/form-document.ts';

const texts = readdirSync('rules/library')
  .filter((name) => !name.endsWith('.examples.json'))
  .map((name) => readFileSync(`rules/library/${name}`, 'utf8'));
const read = (text: string): FormDocument => {
  const document = formDocumentOf(text);
  if (document === null) throw new Error('not a rule');
  return document;
};
const withParam = texts.filter((text) => Object.keys(read(text).params).length > 0);

describe('the text behind the form', () => {
  it('stays as it is laid out where nothing changes', () => {
    for (const text of texts) expect(withParts(text, read(text), {})).toBe(text);
  });

  it('changes in the one line that was edited', () => {
    expect(texts.length).toBeGreaterThan(60);
    for (const text of texts) {
      const document = read(text);
      const changed = withParts(text, document, { name: { ...document.name, zh: '改了的名称' } });
      const [before, after] = [text.split('\n'), changed.split('\n')];
      expect(after.length).toBe(before.length);
      expect(after.filter((line, index) => line !== before[index]).length).toBe(1);
      expect(read(changed).name.zh).toBe('改了的名称');
    }
  });

  it('takes a parameter more and one less', () => {
    for (const text of withParam) {
      const document = read(text);
      const name = freeParamName(document);
      const param = { title: { zh: '新', en: 'new' }, value: 3, unit: '天', standing: '示例' as const };
      const more = withParts(text, document, { params: { ...document.params, [name]: param } });
      expect(read(more).params).toEqual({ ...document.params, [name]: param });
      expect(withParts(more, read(more), { params: document.params })).toBe(text);
    }
  });

  it('names a parameter anew wherever it is referred to, and in its place', () => {
    expect(withParam.length).toBeGreaterThan(5);
    for (const text of withParam) {
      const document = read(text);
      const [name = ''] = Object.keys(document.params);
      expect(isParamUsed({ ...document, params: {} }, name)).toBe(true);
      const renamed = withParamNamed(document, name, 'another_name');
      const changed = read(withParts(text, document, renamed));
      expect(Object.keys(changed.params)[0]).toBe('another_name');
      expect(isParamUsed(changed, name)).toBe(false);
      expect(isParamUsed({ ...changed, params: {} }, 'another_name')).toBe(true);
      expect(read(withParts(text, document, withParamNamed(changed, 'another_name', name)))).toEqual(
        document,
      );
    }
  });

  it('is none where the text is no rule', () => {
    expect(formDocumentOf('{')).toBeNull();
    expect(formDocumentOf('{"name": 1}')).toBeNull();
  });
});
