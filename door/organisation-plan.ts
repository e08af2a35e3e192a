import { heightOf } from '../engine/org.ts';
import type { Level } from '../engine/world.ts';
import type { Text } from '../sdk/program.ts';
import type { NewPost } from './organisation.ts';
import type { OrgFinding, OrgPlan, OrgRow, OrgThere, Step } from './organisation-import.ts';

/**
 * What a list would change, decided on what is there. A list that was carried out comes to nothing when it is brought again.
 * Nothing that is there is renamed, moved or ended by a list: where it says otherwise, that is a finding.
 */
export function planOrganisation(rows: readonly OrgRow[], there: OrgThere): OrgPlan {
  const plan = new Planner(there);
  for (const row of rows) plan.unit(row);
  plan.placeUnits();
  // rows that say what is new come before those that only speak of it, wherever they stand
  const first = (isNew: (row: OrgRow) => boolean) => [...rows.filter(isNew), ...rows.filter((row) => !isNew(row))];
  for (const row of first(({ post }) => post?.kind !== undefined && post.unit !== undefined)) plan.post(row);
  for (const row of first(({ person }) => person?.name !== undefined)) plan.person(row);
  for (const row of rows) plan.appointment(row);
  return { steps: plan.steps, findings: plan.findings };
}

const BELOW: Readonly<Partial<Record<Level, Level>>> = {
  district: 'sub-district',
  'sub-district': 'community',
  community: 'grid',
};

class Planner {
  readonly steps: Step[] = [];
  readonly findings: OrgFinding[] = [];
  readonly #there: OrgThere;
  readonly #units = new Map<string, { row: OrgRow; unit: NonNullable<OrgRow['unit']> }>();
  /** New units in the order in which they can be made, with their levels. */
  readonly #made = new Map<string, Level>();
  readonly #posts = new Map<string, NewPost>();
  readonly #heads = new Map<string, string>();
  readonly #people = new Map<string, string>();
  readonly #appointed = new Map<string, string>();

  constructor(there: OrgThere) {
    this.#there = there;
  }

  #find({ sheet, row }: OrgRow, part: string, code: OrgFinding['code'], zh: string, en: string): void {
    this.findings.push({ sheet, row, part, code, text: [zh, en] });
  }

  unit(row: OrgRow): void {
    const { unit } = row;
    if (!unit) return;
    const known = this.#there.units.get(unit.id);
    if (known) {
      if (known.closed) this.#find(row, 'unit.id', 'UNKNOWN_UNIT', '这个单位已撤销', 'that unit is closed');
      const differs =
        (unit.name !== undefined && unit.name !== known.name) ||
        (unit.level !== undefined && unit.level !== known.level) ||
        (unit.above !== undefined && unit.above !== known.above);
      if (differs)
        this.#find(
          row,
          'unit.name',
          'DIFFERENT',
          '已有这个编号的单位，名称、级别或上级不同；导入不改名、不搬移',
          'there is a unit of this id with another name, level or unit above: a list renames and moves nothing',
        );
      return;
    }
    const before = this.#units.get(unit.id);
    if (!before) {
      this.#units.set(unit.id, { row, unit });
      return;
    }
    const merged = { ...unit, ...before.unit };
    if ((['name', 'level', 'above'] as const).some((part) => unit[part] !== undefined && merged[part] !== unit[part]))
      this.#find(
        row,
        'unit.name',
        'DIFFERENT',
        `与第 ${before.row.row} 行对同一单位的写法不同`,
        `says otherwise of the unit than row ${before.row.row}`,
      );
    const says = before.unit.name === undefined && unit.name !== undefined ? row : before.row;
    this.#units.set(unit.id, { row: says, unit: merged });
  }

  /** New units, those above first. */
  placeUnits(): void {
    const visiting = new Set<string>();
    const place = (id: string): Level | undefined => {
      const known = this.#there.units.get(id);
      if (known) return known.closed ? undefined : known.level;
      const done = this.#made.get(id);
      const found = this.#units.get(id);
      if (done || !found) return done;
      const { row, unit } = found;
      if (visiting.has(id)) return undefined;
      visiting.add(id);
      const above = unit.above === undefined ? undefined : place(unit.above);
      const level = unit.level ?? (above && BELOW[above]);
      if (unit.name === undefined)
        this.#find(
          row,
          'unit.name',
          'UNKNOWN_UNIT',
          `没有单位“${id}”；新建请写名称`,
          `there is no unit "${id}"; a new one needs a name`,
        );
      else if (unit.above === undefined || above === undefined)
        this.#find(
          row,
          'unit.above',
          'UNKNOWN_UNIT',
          '新单位要写明已有的或本表中的上级单位',
          'a new unit needs a unit above, which is there or in the list',
        );
      else if (this.#there.units.has(unit.above) && !this.#there.reach.has(unit.above))
        this.#find(row, 'unit.above', 'FORBIDDEN', '上级单位不归您管理', 'the unit above is not yours to administer');
      else if (level === undefined) this.#find(row, 'unit.level', 'INVALID_DATA', '要写明级别', 'the level is missing');
      else if (heightOf(level) >= heightOf(above))
        this.#find(
          row,
          'unit.level',
          'INVALID_DATA',
          '下级单位的层级应低于上级单位',
          'a unit is of a lower level than the one above it',
        );
      else {
        const name: Text = [unit.name, unit.nameEn ?? unit.name];
        this.steps.push({ row, adds: 'unit', unit: { id, level, name, above: unit.above } });
        this.#made.set(id, level);
      }
      return this.#made.get(id);
    };
    for (const id of this.#units.keys()) place(id);
  }

  post(row: OrgRow): void {
    const { post } = row;
    if (!post) return;
    const known = this.#there.posts.get(post.id) ?? this.#posts.get(post.id);
    if (known) {
      if ('closed' in known && known.closed)
        this.#find(row, 'post.id', 'UNKNOWN_ASSIGNMENT', '这个岗位已撤销', 'that post is closed');
      const name = typeof known.name === 'string' ? known.name : known.name[0];
      const differs =
        (post.unit !== undefined && post.unit !== known.unit) ||
        (post.kind !== undefined && post.kind !== known.kind) ||
        (post.name !== undefined && post.name !== name);
      if (differs)
        this.#find(
          row,
          'post.id',
          'DIFFERENT',
          '已有这个编号的岗位，单位、类别或名称不同；导入不改名、不搬移',
          'there is a post of this id in another unit, of another kind or name: a list renames and moves nothing',
        );
      if (post.heads && this.#headOf(known.unit) !== post.id)
        this.#find(row, 'post.heads', 'DIFFERENT', '这个单位的负责人岗位是另一个', 'another post heads that unit');
      return;
    }
    const { kind, unit } = post;
    if (kind === undefined || unit === undefined) {
      this.#find(
        row,
        kind === undefined ? 'post.kind' : 'unit.id',
        'UNKNOWN_ASSIGNMENT',
        `没有岗位“${post.id}”；新建请写单位和类别`,
        `there is no post "${post.id}"; a new one needs a unit and a kind`,
      );
      return;
    }
    if (!this.#open(unit)) {
      this.#find(row, 'unit.id', 'UNKNOWN_UNIT', '没有这个单位', 'there is no such unit');
      return;
    }
    if (!this.#mine(unit)) {
      this.#find(row, 'unit.id', 'FORBIDDEN', '这个单位不归您管理', 'that unit is not yours to administer');
      return;
    }
    if (post.heads && this.#headOf(unit) !== undefined) {
      this.#find(row, 'post.heads', 'DIFFERENT', '这个单位已有负责人岗位', 'that unit has a head already');
      return;
    }
    const made: NewPost = {
      id: post.id,
      kind,
      unit,
      name: post.name === undefined ? (post.newName ?? [kind, kind]) : [post.name, post.name],
      ...(post.heads ? { heads: true } : {}),
    };
    this.#posts.set(post.id, made);
    if (post.heads) this.#heads.set(unit, post.id);
    this.steps.push({ row, adds: 'post', post: made });
  }

  person(row: OrgRow): void {
    const { person } = row;
    if (!person) return;
    const known = this.#there.people.get(person.id) ?? this.#people.get(person.id);
    if (known !== undefined) {
      if (person.name !== undefined && person.name !== known)
        this.#find(
          row,
          'person.name',
          'DIFFERENT',
          '这个人员编号属于另一个姓名',
          'that id belongs to a person of another name',
        );
      return;
    }
    if (person.name === undefined) {
      this.#find(
        row,
        'person.name',
        'UNKNOWN_ASSIGNMENT',
        '没有这个编号的人；新增请写姓名',
        'there is nobody of this id; a new person needs a name',
      );
      return;
    }
    this.#people.set(person.id, person.name);
    this.steps.push({ row, adds: 'person', person: { id: person.id, name: person.name } });
  }

  appointment(row: OrgRow): void {
    const { post, person, from = this.#there.now } = row;
    if (!post || !person) {
      if (row.from)
        this.#find(row, 'from', 'INVALID_DATA', '任职要写岗位和人员', 'an appointment needs a post and a person');
      return;
    }
    const before = this.#appointed.get(post.id);
    const holders = this.#there.holders.get(post.id) ?? [];
    if (
      before === person.id ||
      (before === undefined && holders.some((one) => one.person === person.id && one.until === null))
    )
      return;
    const isNew = this.#posts.has(post.id);
    const unit = this.#there.posts.get(post.id)?.unit;
    if (!isNew && unit === undefined) return; // found already: there is no such post
    if (unit !== undefined && !this.#there.reach.has(unit))
      this.#find(row, 'post.id', 'FORBIDDEN', '这个岗位不归您管理', 'that post is not yours to administer');
    else if (person.id === this.#there.by)
      this.#find(row, 'person.id', 'FORBIDDEN', '管理员不能任命自己', 'an administrator never appoints himself');
    else if (before !== undefined || holders.some(({ until }) => until === null || until > from))
      this.#find(
        row,
        'post.id',
        'POST_HELD',
        '这个岗位那时已有人担任；先办理交接',
        'somebody holds the post at that time: hand it over first',
      );
    else if (from < this.#there.now && !isNew)
      this.#find(
        row,
        'from',
        'INVALID_DATA',
        '已有的岗位不能倒签任职',
        'appointments to posts that are there are not made back in time',
      );
    else {
      this.#appointed.set(post.id, person.id);
      this.steps.push({ row, adds: 'appointment', post: post.id, person: person.id, from });
    }
  }

  #headOf(unit: string): string | undefined {
    return this.#there.units.get(unit)?.head ?? this.#heads.get(unit);
  }

  #open(unit: string): boolean {
    return this.#made.has(unit) || this.#there.units.get(unit)?.closed === false;
  }

  #mine(unit: string): boolean {
    return this.#made.has(unit) || this.#there.reach.has(unit);
  }
}
