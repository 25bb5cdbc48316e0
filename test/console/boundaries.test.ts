/** What the console may know and do: tested on its sources and on what is built of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { consoleSources } from '../../src/cli/ready.mjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeFontFamily, fontFamily, palette, verdictColours } from '../../src/console/theme.ts';
import { builtConsole } from './built-console.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'src/console');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(tsx?|css|html)$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to]) =>
    path.join(path.dirname(file), to ?? ''),
  );

describe('the sources of the console', () => {
  it('are found', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  it('know of other folders only their contracts and the table of permissions', () => {
    const outside = sources.flatMap(({ file, text }) =>
      importsOf(path.join('src/console', file), text)
        .filter(
          (to) =>
            !to.startsWith('src/console/') &&
            !/^src\/([a-z]+\/([a-z]+-)*contract|people\/permissions)\.ts$/.test(to),
        )
        .map((to) => `${file} → ${to}`),
    );
    expect(outside).toEqual([]);
  });

  it('are built again when anything they know of changed', () => {
    const known = new Set(consoleSources());
    for (const file of known)
      for (const to of importsOf(file, read(file))) expect(known, `${file} → ${to}`).toContain(to);
  });

  it('name no address outside', () => {
    const named = sources.flatMap(({ file, text }) =>
      (
        text.replaceAll('http://www.w3.org/2000/svg', '').match(/https?:\/\/(?!localhost)[^\s'"]+/g) ?? []
      ).map((address) => `${file}: ${address}`),
    );
    expect(named).toEqual([]);
  });

  it('builds every address in one place', () => {
    const elsewhere = sources.filter(
      ({ file, text }) =>
        !['paths.ts', 'router.tsx', 'vite.config.ts'].includes(file) &&
        /['"`]\/(api|findings|persons|quarantine|rules|knowledge|audit|people|keys|profile|sign-in)\b/.test(
          text,
        ),
    );
    expect(elsewhere.map(({ file }) => file)).toEqual([]);
  });

  it('fetches in one place', () => {
    expect(sources.filter(({ text }) => /\bfetch\(/.test(text)).map(({ file }) => file)).toEqual(['api.ts']);
  });
});

describe('the colours', () => {
  const css = read('src/console/style.css');
  const properties = new Map(
    [...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );

  it('are the same in the theme and in the style sheet', () => {
    const named = Object.entries(palette).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]);
    for (const [name, value] of named) expect([name, properties.get(name ?? '')]).toEqual([name, value]);
  });

  it('and the fonts too', () => {
    const plain = (text: string): string => text.replace(/["'\s]/g, '');
    expect(plain(css)).toContain(`font-family:${plain(fontFamily)};`);
    expect(plain(css)).toContain(`font-family:${plain(codeFontFamily)};`);
  });

  it.each([
    ...Object.entries(verdictColours).map(([name, colour]) => [name, colour, '#ffffff'] as const),
    ['违规 on its ground', palette.violation, '#fdf0ef'] as const,
    ['可疑 on its ground', palette.suspect, '#fdf4e7'] as const,
    ['提示 on its ground', palette.hint, '#edf3fb'] as const,
    ['quiet text', palette.inkSoft, palette.ground] as const,
    ['links', palette.accent, palette.accentSoft] as const,
  ])('%s can be read', (_, colour, ground) => {
    // WCAG 2.2, success criterion 1.4.3.
    expect(contrast(colour, ground)).toBeGreaterThanOrEqual(4.5);
  });
});

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the built console', () => {
  let dist = '';
  beforeAll(async () => {
    dist = await builtConsole();
  });

  it('has no script and no style inside its page', () => {
    const page = readFileSync(path.join(dist, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
    expect(
      [...page.matchAll(/(?:src|href)="([^"]+)"/g)].every(([, address]) => address?.startsWith('/') === true),
    ).toBe(true);
  });

  it('loads charts only where something is drawn', () => {
    const assets = path.join(dist, 'assets');
    const page = readFileSync(path.join(dist, 'index.html'), 'utf8');
    const withCharts = readdirSync(assets).filter(
      (file) =>
        file.endsWith('.js') && readFileSync(path.join(assets, file), 'utf8').includes('_echarts_instance_'),
    );
    expect(withCharts).toHaveLength(1);
    expect(withCharts.filter((file) => page.includes(file))).toEqual([]);
  });
});
