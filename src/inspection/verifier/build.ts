/** Makes the page that verifies draws: one HTML file with everything in it, and a policy of its own that lets it reach nothing. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { build } from 'vite';
import { projectRoot } from '../../platform/project.ts';

const page = path.join(projectRoot, 'src/inspection/verifier/page.ts');

const style = `
body { margin: 0; background: #f3f6f6; color: #1d2b2f; font: 15px/1.6 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 48px; }
header { display: flex; align-items: center; justify-content: space-between; gap: 12px; }
h1 { margin: 0; font-size: 22px; }
h2 { margin: 24px 0 8px; font-size: 16px; }
label { display: block; margin-bottom: 4px; }
small { margin-left: 8px; color: #56666b; }
input[type='text'] { box-sizing: border-box; width: 100%; padding: 6px 8px; font: 13px monospace; }
button { padding: 4px 12px; font: inherit; cursor: pointer; }
.verdict { padding: 12px 16px; border-left: 5px solid; background: #fff; font-size: 20px; font-weight: 600; }
.good { color: #0b6b3a; }
.bad { color: #a8221a; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; }
dt { color: #56666b; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; background: #fff; }
th, td { padding: 5px 8px; border: 1px solid #d7dfe1; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 3em; }
td:nth-child(3) { min-width: 16em; font: 12px monospace; }
@media (max-width: 600px) {
  thead { display: none; }
  tr { display: block; border: 1px solid #d7dfe1; }
  tr + tr { border-top: 0; }
  td, td:first-child, td:nth-child(3) { display: block; width: auto; min-width: 0; border: 0; padding: 2px 8px; }
  dl { grid-template-columns: minmax(0, 1fr); }
  dt { margin-top: 6px; }
}
`;

/** @returns the text of the page */
export async function buildVerifier(): Promise<string> {
  const script = await bundled();
  // Only this script and this style may run, and nothing may be asked for.
  const policy = [
    `default-src 'none'`,
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="zh-CN">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>双随机抽取核验</title>',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const sourceHash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: page, output: { format: 'es', codeSplitting: false } },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const [code, ...others] = outputs.flatMap((one) =>
    'output' in one ? one.output.flatMap((part) => (part.type === 'chunk' ? [part.code] : [])) : [],
  );
  if (code === undefined || others.length > 0) throw new Error('the page is not one script');
  // Inside a page, the end of a script is looked for in its text first.
  return code.replaceAll('</script', '<\\/script');
}
