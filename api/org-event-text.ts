import type { OrgEvent } from '../door/organisation.ts';
import { RETENTION } from '../engine/retention/classes.ts';
import type { Text } from '../sdk/program.ts';
import { localTime } from './timeline-text.ts';

/** Names of units, posts and people by id, in one language or both; an id that names nothing stands for itself. */
export type OrgNamed = (id: string) => Text;

type Say<T extends OrgEvent['type']> = (data: Extract<OrgEvent, { type: T }>['data'], named: OrgNamed) => Text;

const list = (ids: readonly string[], named: OrgNamed): Text =>
  ids.length === 0
    ? ['（无）', 'none']
    : [ids.map((id) => named(id)[0]).join('、'), ids.map((id) => named(id)[1]).join(', ')];

/** Both languages of a sentence with names in it. */
const both = (zh: (n: (id: string) => string) => string, en: (n: (id: string) => string) => string, named: OrgNamed) =>
  [zh((id) => named(id)[0]), en((id) => named(id)[1])] as const;

const texts: { readonly [T in OrgEvent['type']]: Say<T> } = {
  'unit.added': ({ id, name, above }, named) =>
    above === undefined
      ? [`设立单位：${name[0]}`, `Unit added: ${name[1]}`]
      : both(
          (n) => `在${n(above)}下增设单位：${name[0] || n(id)}`,
          (n) => `Unit added under ${n(above)}: ${name[1] || n(id)}`,
          named,
        ),
  'post.added': ({ name, unit, heads }, named) =>
    both(
      (n) => `${n(unit)}增设岗位：${name[0]}${heads ? '（负责人）' : ''}`,
      (n) => `Post added in ${n(unit)}: ${name[1]}${heads ? ' (head)' : ''}`,
      named,
    ),
  'person.added': ({ id }, named) => [`登记人员：${named(id)[0]}`, `Person added: ${named(id)[1]}`],
  'appointment.made': ({ post, person, from, pledge }, named) =>
    both(
      (n) => `任命${n(person)}为${n(post)}，自 ${localTime(from)} 起${pledge ? `；责任书签于 ${pledge.signedOn}` : ''}`,
      (n) =>
        `${n(person)} appointed: ${n(post)}, from ${localTime(from)}${pledge ? `; pledge signed ${pledge.signedOn}` : ''}`,
      named,
    ),
  'appointment.ended': ({ post, person, until }, named) =>
    both(
      (n) => `${n(person)}不再担任${n(post)}，自 ${localTime(until)} 起`,
      (n) => `${n(person)} leaves: ${n(post)}, from ${localTime(until)}`,
      named,
    ),
  'appointment.withdrawn': ({ post, person, from }, named) =>
    both(
      (n) => `撤回任命：${n(person)}，${n(post)}（原定 ${localTime(from)} 起）`,
      (n) => `Appointment withdrawn: ${n(person)}, ${n(post)} (was to begin ${localTime(from)})`,
      named,
    ),
  'post.handedOver': ({ post, person, to, toPost, from, byName }, named) =>
    both(
      (n) =>
        `${n(post)}交接：${n(person)} → ${to === undefined ? (toPost === undefined ? '上级负责人' : n(toPost)) : n(to)}，自 ${localTime(from)} 起${byName ? '，连同指名交办的事项' : ''}`,
      (n) =>
        `${n(post)} handed over: ${n(person)} → ${to === undefined ? (toPost === undefined ? 'the head above' : n(toPost)) : n(to)}, from ${localTime(from)}${byName ? ', with what was given by name' : ''}`,
      named,
    ),
  'substitution.made': ({ post, person, from, until }, named) =>
    both(
      (n) =>
        `${n(person)}代理${n(post)}，自 ${localTime(from)} 起${until === undefined ? '' : `，至 ${localTime(until)}`}`,
      (n) =>
        `${n(person)} stands in for ${n(post)} from ${localTime(from)}${until === undefined ? '' : ` until ${localTime(until)}`}`,
      named,
    ),
  'substitution.ended': ({ post, person, until }, named) =>
    both(
      (n) => `${n(person)}不再代理${n(post)}，自 ${localTime(until)} 起`,
      (n) => `${n(person)} no longer stands in for ${n(post)}, from ${localTime(until)}`,
      named,
    ),
  'unit.hoursSet': ({ unit, hours }, named) =>
    both(
      (n) => `${n(unit)}工作时间：${hours ? `${hours.from}–${hours.to}` : '恢复默认'}`,
      (n) => `Working hours of ${n(unit)}: ${hours ? `${hours.from}–${hours.to}` : 'the usual ones'}`,
      named,
    ),
  'unit.renamed': ({ name }) => [`单位改名为：${name[0]}`, `Unit renamed: ${name[1]}`],
  'unit.headSet': ({ unit, head }, named) =>
    both(
      (n) => `${n(unit)}负责人岗位：${head === null ? '暂无' : n(head)}`,
      (n) => `Head of ${n(unit)}: ${head === null ? 'none for now' : n(head)}`,
      named,
    ),
  'unit.merged': ({ id, into, posts, units }, named) =>
    both(
      (n) => `${n(id)}并入${n(into)}：岗位 ${posts.length} 个，下级单位 ${units.length} 个`,
      (n) => `${n(id)} merged into ${n(into)}: ${posts.length} posts, ${units.length} units below`,
      named,
    ),
  'unit.split': ({ id, into }, named) => {
    const parts = into.map((part) => ({ unit: named(part.id), posts: list(part.posts, named) }));
    return [
      `${named(id)[0]}拆分：${parts.map(({ unit, posts }) => `${unit[0]}（岗位：${posts[0]}）`).join('；')}`,
      `${named(id)[1]} split: ${parts.map(({ unit, posts }) => `${unit[1]} (posts: ${posts[1]})`).join('; ')}`,
    ];
  },
  'unit.closed': ({ id }, named) => [`撤销单位：${named(id)[0]}`, `Unit closed: ${named(id)[1]}`],
  'post.renamed': ({ name }) => [`岗位改名为：${name[0]}`, `Post renamed: ${name[1]}`],
  'post.moved': ({ id, from, unit, heads }, named) =>
    both(
      (n) => `${n(id)}由${n(from)}调到${n(unit)}${heads ? '，任负责人岗位' : ''}`,
      (n) => `${n(id)} moved from ${n(from)} to ${n(unit)}${heads ? ', as its head' : ''}`,
      named,
    ),
  'post.closed': ({ id }, named) => [`撤销岗位：${named(id)[0]}`, `Post closed: ${named(id)[1]}`],
  'person.identified': ({ id }, named) => [`核验身份：${named(id)[0]}`, `Identity verified: ${named(id)[1]}`],
  'person.unidentified': ({ id }, named) => [
    `解除身份核验：${named(id)[0]}`,
    `Identity no longer verified: ${named(id)[1]}`,
  ],
  'identity.required': ({ required }) =>
    required
      ? ['只有核验过身份的人可以登录', 'Only people whose identity was verified are let in']
      : ['未核验身份的人也可以登录', 'People are let in without having their identity verified'],
  'factor.required': ({ required }) =>
    required
      ? [
          '登录除密码外还要第二步验证，密钥不能打开网页',
          'Signing in takes more than a password, and keys open no pages',
        ]
      : ['不再要求第二步验证', 'A password is enough to sign in'],
  'person.renamed': ({ id }, named) => [`更正姓名：${named(id)[0]}`, `Name corrected: ${named(id)[1]}`],
  'card.published': ({ post }, named) => [`公布联系卡：${named(post)[0]}`, `Card published: ${named(post)[1]}`],
  'sample.drawn': ({ unit, size, frameCount }, named) =>
    both(
      (n) => `抽样督查：${n(unit)}，从 ${frameCount} 件中抽取 ${Math.min(size, frameCount)} 件`,
      (n) => `Sample for an inspection: ${n(unit)}, ${Math.min(size, frameCount)} of ${frameCount} cases`,
      named,
    ),
  'bulletin.published': ({ unit, month, corrects }, named) =>
    both(
      (n) => `发布${corrects === undefined ? '' : '更正'}通报：${n(unit)}${month === undefined ? '' : `，${month}`}`,
      (n) =>
        `${corrects === undefined ? 'Bulletin' : 'Correction of a bulletin'} published: ${n(unit)}${month === undefined ? '' : `, ${month}`}`,
      named,
    ),
  'retention.lengthened': ({ unit, class: of, years }, named) => {
    const name = RETENTION.find(({ id }) => id === of)?.name ?? [of, of];
    return both(
      (n) => `${n(unit)}延长保存期限：${name[0]}，${years} 年`,
      (n) => `${n(unit)} keeps longer: ${name[1]}, ${years} years`,
      named,
    );
  },
  'card.withdrawn': ({ post }, named) => [`撤下联系卡：${named(post)[0]}`, `Card taken back: ${named(post)[1]}`],
};

/** An event of the organisation's chain in words; one of a newer release by its type. */
export function orgEventText(event: OrgEvent, named: OrgNamed): Text {
  const say = (texts as unknown as Readonly<Record<string, Say<never> | undefined>>)[event.type];
  return say ? say(event.data as never, named) : [event.type, event.type];
}
