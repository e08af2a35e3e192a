// Preloaded into Linli by `--profile`: writes a CPU profile of the main thread when the process ends.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';

// the folder comes with this file's address: NODE_OPTIONS takes no flag for profiles
const folder = new URL(import.meta.url).searchParams.get('folder');
if (isMainThread && folder) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  process.once('exit', () => {
    session.post('Profiler.stop', (error, result) => {
      if (error) return;
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/linli-${process.pid}.cpuprofile`, JSON.stringify(result.profile));
    });
  });
}
