import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zipOf } from '../../api/dossier/archive.ts';
import { type Dossier, dossierOf } from '../../api/dossier/build.ts';
import { type Login, type Scene, setScene } from '../../api/scene.fixture.ts';
import { witnessFolder } from '../../bin/witness/folder.ts';
import type { Sql } from '../../db/client.ts';
import type { WitnessedEvent } from '../../door/outcome.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';
import { type Checkpoint, openCheckpoint, signCheckpoint } from '../../engine/record/checkpoint.ts';
import type { NoteVerifier } from '../../engine/record/note.ts';
import { GENESIS } from '../../workflows/names.ts';
import { photo } from '../support/photo.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { logAll, recordLogOver, signingWith } from '../support/record-log.ts';

/** Texts that tell of persons, planted wherever the story takes a text: none of them may be in a redacted dossier. */
export const planted = {
  party: '周小燕',
  companion: '邱大山',
  needs: '住在福佑路十八号三单元，电话 13900001111',
  note: '今天去了周小燕家，身份证号 410102199901010015',
  reason: '因为邱大山生病',
  witness: '罗见证',
  paper: '票据甲乙丙丁',
  line: '给邱大山的笔筒',
  buyer: '某买家王老五',
  answer: '一切都好，周小燕很高兴',
} as const;

const month = {
  book: 'earnings',
  channel: 'cash',
};

/** A case with consent, votes, notes, documents and twin books, as HTTP records it. Answers its id. */
export async function playStory(scene: Scene): Promise<string> {
  const caseId = await scene.open({
    data: { needs: planted.needs },
    parties: [
      { role: 'beneficiary', name: planted.party, birthDate: '1999-01-01' },
      { role: 'companion', name: planted.companion },
    ],
  });
  const act = (login: Login, body: Record<string, unknown>) => scene.act(login, caseId, body);
  await act('caseworker', { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: planted.witness } });
  for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
    await act('secretary', {
      type: 'decision.record',
      data: { body, present: 9, for: 8, against: 0, abstain: 1, text: planted.answer },
    });
  const picture = await upload(scene, caseId, photo);
  const paper = await upload(scene, caseId, Buffer.from(`%PDF-1.4\n${planted.note}`));
  await upload(scene, caseId, Buffer.from('一份没有人引用的材料'));
  await act('caseworker', {
    type: 'note.add',
    reason: planted.reason,
    data: { text: planted.note },
    evidence: [picture],
  });
  await act('secretary', { type: 'document.attach', evidence: [paper] });
  const cash = (n: number, amountFen: number) =>
    act('cashHolder', {
      type: 'cash.record',
      data: { ...month, direction: 'in', sourceDoc: `${planted.paper}-${n}`, amountFen, text: planted.line },
    });
  const ledger = (n: number, amountFen: number) =>
    act('accountant', {
      type: 'ledger.record',
      data: {
        ...{ ...month, direction: 'in', sourceDoc: `${planted.paper}-${n}` },
        lines: [
          {
            text: planted.line,
            item: planted.line,
            quantity: 2.5,
            priceFen: amountFen / 2.5,
            amountFen,
            buyer: planted.buyer,
          },
        ],
      },
    });
  for (const [n, amountFen] of [250_000, 9_000, 12_500, 300].entries()) {
    await cash(n, amountFen);
    await ledger(n, amountFen);
  }
  const entries = await scene.sql<
    { id: string }[]
  >`SELECT id FROM cash_entries WHERE case_id = ${caseId} ORDER BY no DESC`;
  await act('cashHolder', { type: 'entry.reverse', target: entries[0]!.id, reason: planted.reason });
  return caseId;
}

/** Uploads a document and gives its id. */
async function upload(scene: Scene, caseId: string, bytes: Uint8Array): Promise<string> {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(bytes)], 'file'));
  const response = await scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, form);
  if (response.status !== 201) throw new Error(await response.text());
  return ((await response.json()) as { id: string }).id;
}

/** The history of a case's one run, as the door tells it to the workflow page by page, woken by all acts that made events. */
export function historyFromDoor(scene: Pick<Scene, 'door' | 'sql'>) {
  return async (caseId: string): Promise<WitnessedRun[]> => {
    const events: WitnessedEvent[] = [];
    let end = { seq: 0, head: GENESIS };
    for (;;) {
      const answer = await scene.door.advance({ caseId, ...end });
      if ('recordBehind' in answer) throw new Error('the record is behind');
      events.push(...answer.events);
      end = { seq: answer.seq, head: answer.head };
      if (!answer.more) break;
    }
    const acts = await scene.sql<{ id: string; type: string }[]>`
      SELECT act_id AS id, type FROM acts WHERE case_id = ${caseId} AND first_seq IS NOT NULL ORDER BY seq, act_id`;
    const start = { seq: 0, head: GENESIS };
    const woken = acts.map(({ id, type }) => [id, type] as const);
    return [{ runId: `run-of-${caseId}`, running: true, start, events, end, acts: woken, frozen: false }];
  };
}

/** Writes a dossier into a folder and gives the file's path. */
export async function writeDossier(
  dossier: Dossier | undefined,
  folder: string,
  name = 'dossier.zip',
): Promise<string> {
  if (!dossier) throw new Error('there is no such case');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  await pipeline(Readable.from(zipOf(dossier.files)), createWriteStream(path));
  return path;
}

/** The key of the log, of memory alone. */
const signing = signingWith(5);

/** Signs whatever a house says with its key, as whoever holds that can. */
export const signedByHouse = (checkpoint: Checkpoint): string =>
  signCheckpoint(checkpoint, [signing.signer(checkpoint.origin, undefined)!]);

/** Enters everything into the log of all events and signs a checkpoint. Answers the key. */
async function enterLog(sql: Sql): Promise<NoteVerifier> {
  const [row] = await sql<{ id: string }[]>`SELECT id FROM installation`;
  const log = recordLogOver(sql, { signing });
  await logAll(log);
  await log.stop();
  return signing.signer(`linli/${row!.id}`, undefined)!;
}

/** What a witness keeps who has seen that checkpoint, and a later one: a folder. */
async function witnessOf(sql: Sql, folder: string, key: NoteVerifier): Promise<string> {
  const path = join(folder, 'witness');
  const kept = witnessFolder(path, () => new Date());
  kept.trust(key, 'given');
  const [row] = await sql<{ number: number; note: string }[]>`
    SELECT number, note FROM log_checkpoints ORDER BY number DESC LIMIT 1`;
  const { number, note } = row!;
  const { checkpoint } = openCheckpoint(note, [key]);
  const at = new Date(Date.parse(checkpoint.at) + 60_000).toISOString();
  const seenAt = new Date().toISOString();
  kept.keep({ seenAt, number, note, path: [] });
  kept.keep({ seenAt, number: number + 1, note: signedByHouse({ ...checkpoint, at }), path: [] });
  return path;
}

/** A scene with the story played, and its dossier with a history, plain and redacted, in a folder. */
export async function storyDossiers(folder: string, database?: TestDatabase) {
  const scene = await setScene({}, undefined, database);
  const caseId = await playStory(scene);
  // once before the log looks: what time has brought is recorded with it
  const runs = await historyFromDoor(scene)(caseId);
  const key = await enterLog(scene.sql);
  const witness = await witnessOf(scene.sql, folder, key);
  const source = { sql: scene.sql, histories: async () => runs };
  const plain = await writeDossier(await dossierOf(source, caseId), folder, 'plain.zip');
  const redacted = await writeDossier(await dossierOf(source, caseId, { redacted: true }), folder, 'redacted.zip');
  return { scene, caseId, source, plain, redacted, key, witness };
}
