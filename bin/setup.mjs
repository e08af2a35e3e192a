// Makes a fresh clone ready: `node bin/setup.mjs start|test`, called by npm before `npm start` and `npm test`.
// Needs Node and nothing else; does nothing but check when all is there.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporalCliPath, testServerPath } from './platform/binaries.mjs';
import { installPackages, repairPostgresLinks } from './platform/packages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mode = process.argv[2];

try {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Linli needs Node 20.19 or newer, and this is ${process.versions.node}`);
  }
  if (mode !== 'start' && mode !== 'test') throw new Error('usage: node bin/setup.mjs start|test');
  installPackages(root, mode);
  repairPostgresLinks(root);
  const usesOwnTemporal = mode === 'start' && (process.env.TEMPORAL_ADDRESS || process.env.TEMPORAL_PROFILE);
  if (!usesOwnTemporal) await temporalCliPath();
  if (mode === 'test') await testServerPath();
} catch (error) {
  process.stderr.write(`\nLinli cannot be set up: ${error.message}\n`);
  process.exitCode = 1;
}
