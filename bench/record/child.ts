import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zipOf } from '../../api/dossier/archive.ts';
import { dossierOf } from '../../api/dossier/build.ts';
import { verifyDossier } from '../../bin/dossier/verify.ts';
import { connect } from '../../db/client.ts';
import { testKeyring } from '../../test/support/keyring.ts';

// A process of its own for one dossier, so that its memory is its own: `make <file> <database> <case>` or `verify <file>`. Prints
// one line of JSON.

const [what, file, url, caseId] = process.argv.slice(2) as [string, string, string, string];
const begun = performance.now();
const holds = what === 'make' ? await make() : (await verifyDossier(file)).holds;
const ms = performance.now() - begun;
process.stdout.write(`${JSON.stringify({ ms, holds, mib: process.resourceUsage().maxRSS / 1_024 })}\n`);
process.exit();

async function make(): Promise<boolean> {
  const sql = connect(url, { max: 2, name: 'bench', statementTimeoutMs: 60_000 });
  await testKeyring(sql);
  const dossier = await dossierOf({ sql }, caseId);
  if (!dossier) return false;
  await pipeline(Readable.from(zipOf(dossier.files)), createWriteStream(file));
  await sql.end();
  return true;
}
