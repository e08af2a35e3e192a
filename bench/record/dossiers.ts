import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a process of its own came to: its time, its greatest memory, and whether what it made or read holds. */
export interface Ran {
  readonly ms: number;
  readonly mib: number;
  readonly holds: boolean;
}

/** A dossier made and verified by both verifiers, each in a process of its own. */
export interface DossierRun {
  readonly bytes: number;
  readonly made: Ran;
  readonly verified: Ran;
  /** By the second verifier; undefined where there is no Python. */
  readonly second?: Ran;
}

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const patience = { timeout: 900_000, maxBuffer: 64 * 1024 * 1024, cwd: root } as const;

// runs the verifier and tells time and memory of that process alone
const wrapper = `
import json, resource, subprocess, sys, time
begun = time.time()
done = subprocess.run([sys.executable] + sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps({"ms": (time.time() - begun) * 1000, "mib": used, "holds": done.returncode == 0}))
`;

/** Makes the dossier of a case into a file and has it verified. Throws where it does not hold. */
export async function runDossier(url: string, caseId: string, file: string): Promise<DossierRun> {
  const made = await child('make', file, url, caseId);
  const verified = await child('verify', file);
  const second = await python(file);
  for (const [who, each] of Object.entries({ made, verified, second }))
    if (each && !each.holds) throw new Error(`The dossier of ${caseId} does not hold (${who}).`);
  return { bytes: statSync(file).size, made, verified, ...(second ? { second } : {}) };
}

async function child(...args: readonly string[]): Promise<Ran> {
  const script = join(import.meta.dirname, 'child.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, ...args], patience);
  return JSON.parse(stdout) as Ran;
}

async function python(file: string): Promise<Ran | undefined> {
  const script = join(root, 'bin/dossier/verify_dossier.py');
  try {
    const { stdout } = await run('python3', ['-c', wrapper, script, file], patience);
    return JSON.parse(stdout) as Ran;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
