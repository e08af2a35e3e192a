import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dossierOf } from '../../api/dossier/build.ts';
import { PDF, TIMELINE } from '../../api/dossier/manifest.ts';
import { type Scene, setScene } from '../../api/scene.fixture.ts';

// What people read of a dossier: page and PDF of a case of more events than the PDF shows, with names that want to be HTML.
const hostile = `周<script>alert('一')</script>`;
const companion = '邱"某"&amp;<img src=x onerror=alert(2)>';
const visited = '马某某</td></tr><script>alert(3)</script>';
let scene: Scene;
let html: string;
let pdf: string;

beforeAll(async () => {
  scene = await setScene();
  const caseId = await scene.open({
    imported: true,
    openedAt: '2004-05-06T00:00:00+08:00',
    parties: [
      { role: 'beneficiary', name: hostile, birthDate: '1999-01-01' },
      { role: 'companion', name: companion },
    ],
  });
  const events = Array.from({ length: 1_010 }, (_, n) => ({
    ...{ type: 'visit', occurredAt: '2005-01-01', text: `第 ${n + 1} 次上门，${hostile}在家` },
    persons: [{ role: 'secretary', name: visited }],
  }));
  for (let from = 0; from < events.length; from += 250)
    await scene.act('caseworker', caseId, { type: 'case.import', data: { events: events.slice(from, from + 250) } });
  const dossier = await dossierOf({ sql: scene.sql }, caseId);
  for await (const { path, bytes } of dossier!.files) {
    if (path === TIMELINE) html = Buffer.from(bytes).toString('utf8');
    if (path === PDF) {
      const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true });
      // lines of a cell are broken where they end
      pdf = text.replaceAll(/\s/g, '');
    }
  }
}, 240_000);
afterAll(() => scene?.close());

test('the PDF tells names and Chinese words, and of how many events it shows the latest', () => {
  for (const word of ['个案卷宗', '当事人', '责任岗位', '时间线', hostile, companion, '在家'])
    expect(pdf).toContain(word.replaceAll(/\s/g, ''));
  expect(pdf).toMatch(/共10\d\d条，此处为最近1000条；全部见时间线\.html/);
  // the first entries are not among them
  expect(pdf).not.toContain('第1次上门');
  expect(pdf).toContain('第900次上门');
});

test('the page tells all, and a name that wants to be a script is a name', () => {
  expect(html).toContain('第 1 次上门');
  for (const shown of ['周&lt;script&gt;alert(&#39;一&#39;)&lt;/script&gt;', '邱&quot;某&quot;&amp;amp;&lt;img src=x'])
    expect(html).toContain(shown);
  // no element but ours: nothing that runs, loads or leads elsewhere
  const elements = new Set([...html.matchAll(/<([a-zA-Z]+)/g)].map(([, name]) => name!.toLowerCase()));
  for (const name of ['script', 'img', 'iframe', 'object', 'form', 'svg', 'link']) expect(elements).not.toContain(name);
  expect(html).not.toMatch(/<[^>]*\son\w+=/i);
  expect(html).toMatch(
    /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'"/,
  );
});
