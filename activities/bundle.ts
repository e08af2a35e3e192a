import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { FAILURE_CONVERTER } from './data-converter.ts';

const folder = fileURLToPath(new URL('../workflows/', import.meta.url));
const cache = fileURLToPath(new URL('../node_modules/.cache/linli/', import.meta.url));

/** Code of all workflows, for `WorkerOptions.workflowBundle`. */
export interface WorkflowBundle {
  readonly code: string;
}

let bundle: Promise<WorkflowBundle> | undefined;

/**
 * The workflows' code for workers, made once a process and kept beside the packages under the hash of its sources and of
 * the SDK: bundling takes seconds. A bundle serves exactly the SDK version it was made with.
 */
export function workflowBundle(): Promise<WorkflowBundle> {
  bundle ??= load();
  return bundle;
}

async function load(): Promise<WorkflowBundle> {
  const file = join(cache, `workflows-${await digest()}.js`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { code: kept };
  const made = await bundleWorkflowCode({
    ...{ workflowsPath: join(folder, 'index.ts'), failureConverterPath: FAILURE_CONVERTER, logger: silent },
  });
  try {
    await mkdir(cache, { recursive: true });
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, made.code);
    await rename(draft, file);
  } catch {
    // a read-only installation bundles at each start
  }
  return made;
}

async function digest(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(createRequire(import.meta.url)('@temporalio/worker/package.json').version);
  const sources = (await readdir(folder)).filter((name) => /\.(ts|cjs)$/.test(name) && !name.includes('.test.'));
  for (const name of sources.sort()) hash.update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 32);
}

const nothing = (): void => {};
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
