import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programHash } from '../sdk/program-hash.ts';
import { tinyProgram } from '../sdk/tiny-program.fixture.ts';
import { loadPrograms, ProgramsError } from './index.ts';

let root: string;
const sdk = new URL('../sdk/index.ts', import.meta.url).href;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'linli-programs-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('every installed program is sound', async () => {
  const programs = await loadPrograms();
  expect(programs.all().map(({ id }) => id)).toContain('fule');
});

test('a second program is one new folder', async () => {
  const folder = await folderOf({
    tiny: { 'program.ts': source(tinyProgram) },
    notes: { 'README.md': 'no program' },
  });
  const programs = await loadPrograms({ folder });
  expect(programs.all()).toEqual([tinyProgram]);
  expect(programs.hashOf('tiny')).toBe(programHash(tinyProgram));
  expect(programs.byHash(programHash(tinyProgram))).toBe(programs.byId('tiny'));
  expect(Object.isFrozen(programs.byId('tiny')?.stages[0])).toBe(true);
  expect(programs.calls('tiny')).toEqual({});
  expect(programs.byId('other')).toBeUndefined();
  expect(programs.calls('other')).toEqual({});
});

test('a program comes from a package as well, with its calls', async () => {
  const folder = await folderOf({});
  const text = `export default ${JSON.stringify(calling)};\nexport const calls = { measure: async () => 42 };\n`;
  await writeFile(join(folder, 'package.mjs'), text);
  const programs = await loadPrograms({ folder, packages: [pathToFileURL(join(folder, 'package.mjs')).href] });
  expect(programs.byId('tiny')?.version).toBe('1.0.0');
  await expect(programs.calls('tiny')['measure']?.({})).resolves.toBe(42);
});

test('calls.ts beside a program gives its activities', async () => {
  const folder = await folderOf({
    tiny: {
      'program.ts': source(calling),
      'calls.ts': 'export const measure = async () => 7;\nexport const unit = "dB";',
    },
  });
  const programs = await loadPrograms({ folder });
  expect(Object.keys(programs.calls('tiny'))).toEqual(['measure']);
  await expect(programs.calls('tiny')['measure']?.({})).resolves.toBe(7);
});

test('all problems of all programs are listed at once', async () => {
  const folder = await folderOf({
    tiny: { 'program.ts': source(tinyProgram) },
    twin: { 'program.ts': source(tinyProgram) },
    wrong: { 'program.ts': source({ ...tinyProgram, id: 'wrong', intake: ['wish'] }) },
    empty: { 'program.ts': 'export const nothing = 1;' },
    broken: { 'program.ts': 'throw new Error("no luck");' },
    lonely: { 'program.ts': source({ ...calling, id: 'lonely' }) },
    parent: { 'program.ts': source({ ...withItem({ child: 'decide', program: 'deliberation' }), id: 'parent' }) },
  });
  const error = await loadPrograms({ folder, packages: ['@nobody/has-this-program'] }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProgramsError);
  const { problems } = error as ProgramsError;
  expect([...problems].sort()).toEqual([
    expect.stringContaining('@nobody/has-this-program: cannot be loaded: '),
    'broken: cannot be loaded: no luck',
    'empty: has no default export; write `export default defineProgram({ … })`',
    'lonely: stages.help.measure: calls.ts exports no function "measure"',
    'parent: stages.help.decide: the program "deliberation" is not installed',
    'twin: the folder must be named like the program, "tiny"',
    'twin: the program id "tiny" is already used by tiny',
    'wrong: intake: unknown field "wish"',
  ]);
});

test('a program that has another decide on its plans names one that is there, its question and its outcomes', async () => {
  const approval = (child: object) => ({
    ...{ ...tinyProgram, id: 'asking' },
    approval: {
      votes: ['branch'],
      fixes: [],
      child: { program: 'tiny', states: 'need', passes: ['solved'], ...child },
    },
  });
  const problemsWith = async (child: object) => {
    const folder = await folderOf({
      tiny: { 'program.ts': source(tinyProgram) },
      asking: { 'program.ts': source(approval(child)) },
    });
    const error = await loadPrograms({ folder }).catch((thrown: unknown) => thrown);
    return error instanceof ProgramsError ? error.problems : [];
  };
  expect(await problemsWith({})).toEqual([]);
  expect(await problemsWith({ program: 'none' })).toEqual([
    'asking: approval.child.program: the program "none" is not installed',
  ]);
  expect(await problemsWith({ states: 'matter' })).toEqual([
    'asking: approval.child.states: "matter" is no text field of "tiny"',
    'asking: approval.child: "tiny" asks for "need" as well, which nobody gives it',
  ]);
  expect(await problemsWith({ passes: ['adopted'] })).toEqual([
    'asking: approval.child.passes: "adopted" is no outcome of "tiny"',
  ]);
  expect(await problemsWith({ program: 'asking' })).toEqual([
    'asking: approval.child.program: a program does not decide on its own plans',
  ]);
});

function withItem(item: object): object {
  const [stage] = tinyProgram.stages;
  return {
    ...tinyProgram,
    stages: [{ ...stage, items: [...(stage?.items ?? []), { name: ['项', 'item'], ...item }] }],
  };
}

const calling = withItem({ call: 'measure', limit: '5 minutes' });

const source = (program: object): string =>
  `import { defineProgram } from ${JSON.stringify(sdk)};\nexport default defineProgram(${JSON.stringify(program)});\n`;

async function folderOf(programs: Record<string, Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(root, 'plugins-'));
  for (const [name, files] of Object.entries(programs)) {
    await mkdir(join(folder, name));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text);
  }
  return folder;
}
