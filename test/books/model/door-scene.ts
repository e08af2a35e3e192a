import { randomUUID } from 'node:crypto';
import { connect, type Sql } from '../../../db/client.ts';
import { createDoor, type Door } from '../../../door/door.ts';
import { installPrograms, type Programs } from '../../../door/programs.ts';
import { people, program as sceneProgram } from '../../../engine/books/scene.fixture.ts';
import type { CaseEvent } from '../../../engine/event.ts';
import type { State } from '../../../engine/state.ts';
import { defineProgram } from '../../../sdk/index.ts';
import type { Program } from '../../../sdk/program.ts';
import type { Instant } from '../../../sdk/time.ts';
import { silentLog as log } from '../../support/quiet.ts';
import { BookModel } from './book-model.ts';
import { bookOfKind, type Kind } from './model-scene.ts';
import type { Move } from './moves.ts';
import type { PlayedScene, Tried } from './play.ts';

const posts = { secretary: 'secretary', cashHolder: 'cash-holder', accountant: 'accountant', reviewer: 'reviewer' };
const unit = 'community-1';
const before: Instant = '2026-01-01T00:00:00.000Z';
const begun: Instant = '2026-09-07T02:00:00.000Z';

/** The books of a kind in a whole program: what the scene in memory leaves out is as plain as can be. */
function programOf(kind: Kind): Program {
  const { def, several } = bookOfKind(kind);
  const roles = Object.entries(posts).map(([role, post]) => [role, { name: [`岗位 ${role}`, role], post }]);
  const whole = {
    ...sceneProgram,
    roles: {
      ...Object.fromEntries(roles),
      beneficiary: { name: ['本人', 'beneficiary'], party: several ? 'many' : 'one', answers: 'secretary' },
    },
    ladders: {
      promise: [
        { at: 'due', tell: 'holder', account: true },
        { at: '+1 working day', tell: 'unit' },
        { at: '+3 working days', tell: 'sub-district' },
      ],
    },
    apart: [[...Object.keys(posts), 'beneficiary']],
    stages: [
      {
        ...{ stage: 'only', name: ['唯一', 'only'], target: ['完成', 'done'], answers: 'secretary' },
        ...{ within: '10 years', ladder: 'promise' },
        items: [{ task: 'visit', name: ['上门', 'visit'], by: 'secretary' }],
      },
    ],
    books: sceneProgram.books.map((book) => ({ ...book, ...def })),
    life: { ...sceneProgram.life, outcomes: { done: ['完成', 'done'] } },
  };
  return defineProgram(whole as never);
}

/** A case with its books behind the real door: every act is a transaction in PostgreSQL, and time is the test's. */
export class DoorScene implements PlayedScene {
  now: Instant = begun;
  readonly model: BookModel;
  readonly events: CaseEvent[] = [];
  readonly sql: Sql;
  caseId = '';
  state!: State;
  private door!: Door;
  private programs!: Programs;
  private changes = 0;
  private readonly program: Program;

  /** On a migrated database of its own, `end` it before that goes. */
  constructor(url: string, kind: Kind) {
    this.sql = connect(url, { max: 3 });
    this.program = programOf(kind);
    // the ids that the opening gives to parties
    this.model = new BookModel(
      this.program.books[0]!,
      bookOfKind(kind).several ? ['beneficiary', 'beneficiary-2'] : [],
    );
  }

  get book() {
    return this.state.books['earnings']!;
  }

  /** Opens the case. */
  async open(): Promise<this> {
    await this.writeOrganisation();
    this.programs = await installPrograms(this.sql, [this.program]);
    this.door = await this.makeDoor();
    const names = this.model.persons.length > 0 ? ['周某', '邱某'] : ['周某'];
    const outcome = await this.door.open({
      ...{ actId: randomUUID(), program: this.program.id, unit, data: {}, assignments: posts },
      actor: { kind: 'person', id: 'caseworker-person', logins: [{ role: 'caseworker', unit }] },
      parties: names.map((name) => ({ role: 'beneficiary', name })),
    });
    if (outcome.status === 'refused') throw new Error(`the case was not opened: ${outcome.refusal.detail[1]}`);
    this.caseId = outcome.case.caseId;
    await this.look();
    return this;
  }

  async tries({ role, type, act, person }: Move): Promise<Tried> {
    const before = this.events.length;
    const logins = role === 'caseworker' ? [{ role, unit }] : [];
    const actor = { kind: 'person', id: person, logins } as const;
    const outcome = await this.door.act({ caseId: this.caseId, act: { id: randomUUID(), type, actor, ...act } });
    await this.look();
    return {
      ...(outcome.status === 'refused' ? { code: outcome.refusal.code } : {}),
      events: this.events.slice(before),
    };
  }

  async until(now: Instant): Promise<void> {
    this.now = now;
    await this.door.project(this.caseId);
    await this.look();
  }

  /** Written straight into the organisation, of which the door is told by being made anew. */
  async appoint(side: 'cash' | 'ledger'): Promise<void> {
    const post = side === 'cash' ? posts.cashHolder : posts.accountant;
    this.changes += 1;
    const person = `${side}-person-${this.changes}`;
    await this.sql`UPDATE appointments SET until_at = ${this.now} WHERE post = ${post} AND until_at IS NULL`;
    await this.fill(post, person, this.now);
    this.model.holder[side] = person;
    await this.door.end();
    this.door = await this.makeDoor();
    const actor = { kind: 'system', id: 'organisation', logins: [] } as const;
    const act = { id: randomUUID(), type: 'books.chase', data: {}, actor };
    const outcome = await this.door.act({ caseId: this.caseId, act });
    if (outcome.status === 'refused') throw new Error(`the books were not looked at: ${outcome.refusal.detail[1]}`);
    await this.look();
  }

  async end(): Promise<void> {
    await this.door?.end();
    await this.sql.end();
  }

  private makeDoor(): Promise<Door> {
    const now = async () => this.now;
    return createDoor({ sql: this.sql, programs: this.programs, log, now, connections: 2 });
  }

  /** Reads what has happened since, and where the case stands. */
  private async look(): Promise<void> {
    const [row] = await this.sql<{ state: State; events: CaseEvent[] | null }[]>`
      SELECT state, (SELECT json_agg(json_build_object('seq', e.seq, 'type', e.type,
          'data', convert_from(e.payload, 'UTF8')::json -> 'data') ORDER BY e.seq)
        FROM events e WHERE e.case_id = c.case_id AND e.seq > ${this.events.length}) AS events
      FROM cases c WHERE case_id = ${this.caseId}`;
    this.events.push(...(row!.events ?? []));
    this.state = row!.state;
  }

  private async writeOrganisation(): Promise<void> {
    await this.sql`INSERT INTO units (id, level, name_zh, name_en) VALUES (${unit}, 'community', '社区', 'community')`;
    for (const [role, post] of Object.entries({ ...posts, head: 'head' })) {
      await this
        .sql`INSERT INTO posts (id, kind, unit, name_zh, name_en) VALUES (${post}, ${post}, ${unit}, ${post}, ${post})`;
      await this.fill(post, people[role as keyof typeof people], before);
    }
    await this.sql`UPDATE units SET head_post = 'head' WHERE id = ${unit}`;
    await this.sql`INSERT INTO person.people (id, name) VALUES ('caseworker-person', 'caseworker')`;
  }

  private async fill(post: string, person: string, from: Instant): Promise<void> {
    await this.sql`INSERT INTO person.people (id, name) VALUES (${person}, ${person})`;
    await this
      .sql`INSERT INTO appointments (id, post, person, from_at) VALUES (${randomUUID()}, ${post}, ${person}, ${from})`;
  }
}
