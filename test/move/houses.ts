import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pino from 'pino';
import { type Scene, setScene } from '../../api/scene.fixture.ts';
import { handedTo, recordMove, writeDeparture } from '../../bin/move/depart.ts';
import { connect, type Sql } from '../../db/client.ts';
import { ownInstallation } from '../../db/queries/installation.ts';
import type { ArrivalMap } from '../../door/arrival-plan.ts';
import { createDoor, type Door } from '../../door/door.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import type { Recorded } from '../../door/outcome.ts';
import { installPrograms } from '../../door/programs.ts';
import type { Act } from '../../engine/act.ts';
import type { NoteVerifier } from '../../engine/record/note.ts';
import type { Instant } from '../../sdk/time.ts';
import { historyFromDoor, playStory } from '../dossier/story.ts';
import { testKeyring } from '../support/keyring.ts';
import { freshDatabase } from '../support/postgres.ts';
import { logAll, recordLogOver, signingWith } from '../support/record-log.ts';

export const passphrase = '桂花开了三次以后再说';
export const log = pino({ level: 'silent' });

/** The house that takes the case: an organisation of its own with ids of its own, and a door without any program installed. */
export interface House {
  readonly sql: Sql;
  readonly url: string;
  readonly installation: string;
  readonly door: Door;
  readonly clock: { now: Instant | undefined };
  /** Records an act of a person; fails the test on a refusal. */
  act(person: string, caseId: string, act: Omit<Partial<Act>, 'actor'> & { type: string }): Promise<Recorded>;
  close(): Promise<void>;
}

/** Sets up the receiving house. */
export async function setHouse(): Promise<House> {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 4 });
  await testKeyring(sql);
  const installation = randomUUID();
  await sql.unsafe(
    `ALTER TABLE installation DISABLE TRIGGER ALL; UPDATE installation SET id = '${installation}'; ALTER TABLE installation ENABLE TRIGGER ALL`,
  );
  const from = '2020-01-01T00:00:00.000Z';
  await changeOrganisation(sql, { kind: 'system', id: 'first-run' }, async (organisation) => {
    await organisation.addUnit({ id: 'n-district', level: 'district', name: ['北区', 'North District'] });
    await organisation.addUnit({
      id: 'n-street',
      level: 'sub-district',
      name: ['北街', 'North Street'],
      above: 'n-district',
    });
    await organisation.addUnit({ id: 'north', level: 'community', name: ['北社区', 'North'], above: 'n-street' });
    const posts = [
      ['n-district-head', 'district-head', 'n-district', true],
      ['n-street-head', 'sub-district-head', 'n-street', true],
      ['n-director', 'director', 'north', true],
      ['n-secretary', 'secretary', 'north', false],
      ['n-cash', 'residents-representative', 'north', false],
      ['n-ledger', 'supervision-head', 'north', false],
    ] as const;
    for (const [id, kind, unit, heads] of posts) {
      await organisation.addPost({ id, kind, unit, name: [`岗位${id}`, id], ...(heads ? { heads } : {}) });
      await organisation.addPerson({ id: `q-${id}`, name: '某某' });
      await organisation.appoint(id, `q-${id}`, from);
    }
  });
  const clock: House['clock'] = { now: undefined };
  const door = await createDoor({
    ...{ sql, log, programs: await installPrograms(sql, []), connections: 4 },
    now: async (tx) =>
      clock.now ?? (await tx<{ now: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`)[0]!.now,
  });
  return {
    ...{ sql, url: database.url, installation, door, clock },
    async act(person, caseId, act) {
      const outcome = await door.act({
        caseId,
        act: { id: randomUUID(), ...act, actor: { kind: 'person', id: person, logins: [] } },
      });
      if (outcome.status !== 'recorded') throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
      return outcome;
    },
    async close() {
      await door.end();
      await sql.end({ timeout: 1 });
      await database.close();
    },
  };
}

/** Enters everything into a house's log and signs it; answers its public key. */
export async function signAll(sql: Sql, key: number): Promise<NoteVerifier> {
  const signing = signingWith(key);
  const loop = recordLogOver(sql, { signing });
  await logAll(loop);
  await loop.stop();
  return signing.signer(`linli/${await ownInstallation(sql)}`, undefined)!;
}

/** Who of the demonstration is who in the receiving house. */
export const map: ArrivalMap = {
  posts: {
    'community-1-secretary': 'n-secretary',
    'community-1-residents-representative': 'n-cash',
    'community-1-supervision-head': 'n-ledger',
  },
  people: {},
  units: {},
};

/** A case of the demonstration with votes, documents and books, whose books are settled, handed away and written into a file. */
export async function handedAway(folder: string, receiver: string) {
  const scene: Scene = await setScene();
  const caseId = await playStory(scene);
  const [voucher] = await scene.sql<{ id: string }[]>`
    SELECT v.id FROM vouchers v JOIN cash_entries e ON e.case_id = v.case_id AND e.source_doc = v.source_doc
    WHERE v.case_id = ${caseId} AND e.reverses IS NOT NULL`;
  await scene.act('accountant', caseId, { type: 'entry.reverse', target: voucher!.id, reason: '记错' });
  const refusal = await recordMove({ sql: scene.sql, log }, caseId, {
    ...{ type: 'case.handAway', data: { to: receiver, by: 'p-director' }, reason: '全家迁往北区' },
  });
  if (refusal) throw new Error(JSON.stringify(refusal));
  if ((await handedTo(scene.sql, caseId)) !== receiver) throw new Error('it was not handed away');
  const runs = await historyFromDoor(scene)(caseId);
  const key = await signAll(scene.sql, 5);
  const file = join(folder, 'case.linli');
  const departure = await writeDeparture({ sql: scene.sql, histories: async () => runs }, caseId, {
    file,
    passphrase,
    waitMs: 0,
  });
  return { scene, caseId, file, key, departure };
}
