import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toldOf } from '../bin/packages-audit.ts';

const root = join(import.meta.dirname, '..');

interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Package>;
};
const installed = Object.entries(packages).filter(([path]) => path !== '');

/** Licences under which everybody may use, change and pass on what Linli ships, beside Apache-2.0. */
const FREE = [
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Unlicense',
  'BlueOak-1.0.0',
];

/** What asks for more than its own notice, and why that is kept. */
const OTHERWISE: readonly (readonly [name: RegExp, licence: string, why: string])[] = [
  [
    /^@img\/sharp-/,
    'LGPL-3.0-or-later',
    'libvips and its decoders: a shared library of its own, neither changed nor linked into ours',
  ],
  [/^@expo-google-fonts\//, 'OFL-1.1', 'a font, passed on as it is'],
  [
    /^caniuse-lite$/,
    'CC-BY-4.0',
    'a table of browsers that webpack reads, by which Temporal’s worker bundles workflows',
  ],
  [
    /^lightningcss-/,
    'MPL-2.0',
    'for the test runner alone; npm marks what is for one kind of machine as optional only',
  ],
];
/** Packages that name their licence in the file LICENSE alone. */
const IN_ITS_FILE: Readonly<Record<string, string>> = { 'png-js': 'MIT', unionfs: 'Unlicense' };
/** The same for what only developing needs: none of it is installed by `npm ci --omit=dev`. */
const DEVELOPING = ['MPL-2.0', 'CC-BY-4.0', 'Python-2.0', 'CC0-1.0', 'WTFPL'];

describe('the licences of packages', () => {
  it.each(installed.filter(([, { link }]) => !link))('%s', (path, { license: said, dev, devOptional }) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const license = said ?? IN_ITS_FILE[name];
    const kept = OTHERWISE.filter(([of]) => of.test(name)).map(([, licence]) => licence);
    const allowed = new Set([...FREE, ...kept, ...(dev || devOptional ? DEVELOPING : [])]);
    expect(license, `${name} names no licence`).toBeDefined();
    expect(allows(license ?? '', allowed), `${name}: ${license}`).toBe(true);
  });
});

/** Whether an SPDX expression can be fulfilled: one of what OR joins, all of what AND joins. */
function allows(expression: string, allowed: ReadonlySet<string>): boolean {
  const plain = expression.replace(/[()]/g, '');
  return plain.split(' OR ').some((all) => all.split(' AND ').every((one) => allowed.has(one.trim())));
}

describe('the packages', () => {
  it('come from the registry with the hash of their bytes, and from nowhere else', () => {
    const own = installed.filter(([, { link }]) => !link);
    expect(own.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
    expect(own.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('are listed by `npm run sbom` as CycloneDX, every one with version and licence', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [program = '', ...words] = (scripts['sbom'] ?? '').split(' ');
    const text = execFileSync(program, words, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    const bom = JSON.parse(text) as {
      bomFormat: string;
      components: { group?: string; name: string; version: string; licenses?: unknown[] }[];
    };
    expect(bom.bomFormat).toBe('CycloneDX');
    const named = ([path, { version }]: readonly [string, Package]) =>
      `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;
    const listed = new Set(
      bom.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
    );
    expect(installed.map(named).filter((each) => !listed.has(each))).toEqual([]);
    const silent = bom.components.filter(({ licenses }) => !licenses || licenses.length === 0).map(({ name }) => name);
    expect(silent.filter((name) => !Object.hasOwn(IN_ITS_FILE, name))).toEqual([]);
  }, 60_000);
});

describe('what `npm run audit` says', () => {
  it.each([
    ['nothing known', '{"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0}}}', 0],
    [
      'a fault',
      '{"vulnerabilities":{"x":{"severity":"high","range":"<2"}},"metadata":{"vulnerabilities":{"total":1}}}',
      1,
    ],
    [
      'a registry without audits',
      '{"message":"404 Not Found","error":{"code":"ENOAUDIT","summary":"no audit here"}}',
      2,
    ],
    ['no network', '', 2],
    ['a page of a proxy', '<html>', 2],
  ])('%s', (_, output, exit) => {
    const told = toldOf(output);
    expect(told.exit).toBe(exit);
    if (exit === 2) expect(told.lines[0]).toContain('nothing is proven');
  });
});
