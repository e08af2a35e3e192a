import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Folders whose texts officials read. */
const folders = ['api', 'door', 'engine', 'plugins'];

const comments = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const literals = /'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|>[^<>{}]+</g;
/** Half-width punctuation that touches Chinese, and brackets around it; `!` opens messages in two languages. */
const halfWidth =
  /[\u4e00-\u9fff“”][,:;?(]|[,:;?)][\u4e00-\u9fff“]|(?<!^['`])![\u4e00-\u9fff]|\}[,:;](?:\$\{|[\u4e00-\u9fff])/;

it('Chinese texts have Chinese punctuation', () => {
  const files = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((file) => `${folder}/${String(file)}`),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture)\./.test(file));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8').replace(comments, '');
    return (source.match(literals) ?? [])
      .filter((text) => /[\u4e00-\u9fff]/.test(text) && halfWidth.test(text))
      .map((text) => `${file}: ${text}`);
  });
  expect(found).toEqual([]);
});
