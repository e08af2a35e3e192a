import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyProgram } from '../../sdk/tiny-program.fixture.ts';
import { Callers } from '../faults/client.ts';
import { settle } from '../faults/oracle.ts';
import { Rig } from '../faults/rig.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { quietRuntime } from '../support/quiet.ts';

// Linli from a copy of its own tree, to which one folder with one file was added: nothing else knows of the program.
const root = join(import.meta.dirname, '../..');
let copy: string;
let rig: Rig;

beforeAll(async () => {
  quietRuntime();
  copy = copyTree();
  mkdirSync(join(copy, 'plugins/tiny'));
  writeFileSync(
    join(copy, 'plugins/tiny/program.ts'),
    `import { defineProgram } from '../../sdk/index.ts';\nexport default defineProgram(${JSON.stringify(tinyProgram)});\n`,
  );
  rig = await Rig.build();
  await Promise.all([rig.start('api', { folder: copy }), rig.start('worker', { folder: copy })]);
});

afterAll(async () => {
  await rig?.close();
  removeTestFolder(copy);
});

test('a second program needs one new folder and nothing else', async () => {
  const [url] = rig.urls;
  const headers = { authorization: `Bearer ${rig.keyOf('caseworker').key}` };
  const listed = await fetch(`${url}/api/v1/programs`, { headers });
  const { items } = (await listed.json()) as { items: { id: string }[] };
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['fule', 'tiny']));

  const callers = new Callers(() => rig.urls);
  const opened = await callers.send({
    ...{ as: rig.keyOf('caseworker'), path: '/api/v1/cases' },
    body: {
      ...{ program: 'tiny', unit: 'community-1', data: { need: '屋顶漏水' } },
      parties: [{ role: 'household', name: '周某' }],
    },
  });
  expect(opened.wrong).toEqual([]);
  const path = `/api/v1/cases/${opened.answer?.body['id']}/acts`;
  const act = async (body: object) => {
    const entry = await callers.send({ as: rig.keyOf('cadre'), path, body: { ...body } });
    expect(entry.wrong).toEqual([]);
    expect(entry.answer?.status).toBe(200);
    return entry.answer?.body as { case: { status: string; outcome: string | null } };
  };
  await act({ type: 'task.complete', target: 'visit' });
  await act({
    ...{ type: 'milestone.reach', target: 'solved', onBehalfOf: 'household' },
    data: { note: '屋顶已修好', witness: '邱某' },
  });
  const closed = await act({ type: 'case.close', data: { outcome: 'solved' } });
  expect(closed.case).toMatchObject({ status: 'closed', outcome: 'solved' });
  expect((await settle(rig)).left).toEqual([]);
});

/** The sources beside the same installed packages. */
function copyTree(): string {
  const folder = makeTestFolder('tree');
  const left = ['node_modules', '.git', '.data', 'test', 'bench'];
  cpSync(root, folder, { recursive: true, filter: (from) => !left.includes(basename(from)) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
