import { expect, test } from 'vitest';
import { problemsOf } from './problems.ts';
import type { Program } from './program.ts';
import { tinyProgram } from './tiny-program.fixture.ts';

type Draft = { -readonly [M in keyof Program]: Program[M] };
const stage = tinyProgram.stages[0]!;
const [visit, solved] = stage.items as [Program['stages'][0]['items'][0], Program['stages'][0]['items'][0]];
const book: Program['books'][0] = {
  book: 'fund',
  name: ['款项', 'fund'],
  keeps: 'project funds',
  profile: 'two-person',
  cash: 'secretary',
  ledger: 'secretary',
  approves: 'secretary',
  confirms: 'household',
  channels: ['cash'],
  match: '1 working day',
  ladder: 'promise',
  closes: 'monthly',
};
const duty: Program['duties'][0] = {
  duty: 'call',
  name: ['电话', 'call'],
  by: 'secretary',
  every: '3 days',
  grace: '1 day',
  ladder: 'promise',
};
const withStage = (changes: object) => (p: Draft) => (p.stages = [{ ...stage, ...changes }]);
const withItems = (...items: unknown[]) => withStage({ items });
const forPress = { name: ['照片', 'photos'], optional: true, purpose: 'press' };
const withDuty = (changes: object) => (p: Draft) => (p.duties = [{ ...duty, ...changes }]);

const planted: [what: string, plant: (program: Draft) => unknown, problem: string][] = [
  ['no text', (p) => (p.name = ['小项目', ' ']), 'name: the English text is empty'],
  ['one text for both', (p) => (p.name = ['tiny', 'tiny']), 'name: Chinese and English are the same text, "tiny"'],
  ['same outcome', (p) => (p.life = { ...p.life, outcomes: { ok: ['ok', 'ok'] } }), 'life.outcomes.ok: Chinese and'],
  ['one language', (p) => (p.name = ['小项目'] as unknown as Program['name']), 'name: '],
  ['unknown member', (p) => Object.assign(p, { stage: [] }), 'program: Unrecognized key: "stage"'],
  [
    'hidden in an item',
    withItems({ ...visit, repeats: true }, solved),
    'stages.0.items.0: Unrecognized key: "repeats"',
  ],
  ['id', (p) => (p.id = 'Tiny One'), 'id: small letters, digits and hyphens'],
  ['role in apart', (p) => (p.apart = [['secretary', 'guard']]), 'apart.0: unknown role "guard"'],
  ['twice in apart', (p) => (p.apart = [['household', 'household']]), 'apart.0: "household" is there twice'],
  ['role in consent', consentBy('guard'), 'consent.by: unknown role "guard"'],
  ['a post consents', consentBy('secretary'), 'consent.by: "secretary" is a post'],
  [
    'consent, rest',
    (p) => Object.assign(p, { consent: { by: ['household'], before: 'approval', rest: 'a while' } }),
    'consent.rest: "a while" is no budget; write it as "15 working days"',
  ],
  [
    'an outcome there is not, after a stage',
    (p) => (p.life = { ...p.life, after: { gone: 'help' } }),
    'life.after: unknown outcome "gone"',
  ],
  [
    'an outcome after a stage there is not',
    (p) => (p.life = { ...p.life, after: { solved: 'later' } }),
    'life.after.solved: unknown stage "later"',
  ],
  ['consent, no approval', (p) => consentBy('household')(p), 'consent.before: there is no approval'],
  ['the engine’s own purpose', purposes(['sharing']), 'consent.purposes.sharing: is the engine'],
  ['a purpose of nothing', purposes(['press']), 'consent.purposes.press: nothing hangs on it'],
  [
    'an unknown purpose',
    withItems({ ...visit, optional: true, purpose: 'press' }, solved),
    'stages.help.visit.purpose: unknown purpose "press"',
  ],
  [
    'a case of its own for a purpose',
    purposes(['press'], withItems(visit, { child: 'photos', program: 'photo', ...forPress }, solved)),
    'stages.help.photos.purpose: what was begun outside this case does not stop when consent ends',
  ],
  [
    'a call for a purpose',
    purposes(['press'], withItems(visit, { call: 'post', limit: '1 day', ...forPress }, solved)),
    'stages.help.post.purpose: what was begun outside this case does not stop',
  ],
  ['a duty of an unknown one', withDuty({ purpose: 'press' }), 'duties.call.purpose: unknown purpose "press"'],
  [
    'help that hangs on a purpose',
    purposes(['press'], withItems({ ...visit, purpose: 'press' }, solved)),
    'stages.help.visit.purpose: the stage requires it',
  ],
  [
    'an end that hangs on one',
    purposes(['press'], withItems({ ...visit, optional: true, purpose: 'press' }, solved)),
    'stages.help.solved.needs: "visit" hangs on a purpose',
  ],
  ['who answers', withStage({ answers: 'household' }), 'stages.help.answers: "household" is a party'],
  ['unknown role does it', withItems({ ...visit, by: 'guard' }, solved), 'stages.help.visit.by: unknown role "guard"'],
  ['agrees', withItems(visit, { ...solved, agrees: 'guard' }), 'stages.help.solved.agrees: unknown role "guard"'],
  [
    'a party without an answering post',
    (p) => (p.roles = { ...p.roles, household: { name: ['住户', 'household'], party: 'one', answers: 'chair' } }),
    'roles.household.answers: unknown role "chair"',
  ],
  [
    'an optional post answers',
    (p) => (p.roles = { ...p.roles, secretary: { name: ['书记', 'secretary'], post: 'secretary', optional: true } }),
    'stages.help.answers: "secretary" is optional',
  ],
  ['unknown ladder', withStage({ ladder: 'steep' }), 'stages.help.ladder: unknown ladder "steep"'],
  ['unknown item', needs({ done: { call: 1 } }), 'stages.help.solved.needs.done: unknown item or duty "call"'],
  ['unknown field', needs({ filled: ['wish'] }), 'stages.help.solved.needs.filled: unknown field "wish"'],
  ['a click alone', needs({ any: [{}] }), 'stages.help.solved.needs: needs nothing'],
  [
    'proof too early',
    withItems({ ...visit, when: { proof: ['note'] } }, solved),
    'stages.help.visit.when: nobody gives',
  ],
  ['key twice', withItems(visit, visit, solved), 'stages and duties: "visit" is there twice'],
  ['key of a duty', withDuty({ duty: 'visit' }), 'stages and duties: "visit" is there twice'],
  ['reserved key', withDuty({ duty: 'payout' }), `stages and duties: "payout" is a name of the engine's own`],
  ['nothing required', withItems({ ...visit, repeat: true }), 'stages.help: nothing in it is required'],
  ['during', withDuty({ during: 'later' }), 'duties.call.during: unknown stage "later"'],
  ['no follow-up', withDuty({ during: 'follow-up' }), 'duties.call.during: there is no follow-up'],
  ['choice', (p) => (p.fields = { need: { name: ['一', 'a'], kind: 'choice' } }), 'fields.need: a choice needs'],
  [
    'sensitive',
    (p) => (p.fields = { need: { name: ['一', 'a'], kind: 'text', sensitive: 'health' } }),
    'fields.need: only a text that is personal',
  ],
  [
    'follow-up',
    (program) => Object.assign(program.life, { followUp: '60 working days' }),
    'life.followUp: "60 working days" hangs on calendars that are not out yet',
  ],
  ['budget', withStage({ within: '2 month' }), 'stages.help.within: "2 month" is no budget'],
  ['interval', withDuty({ every: '0 days' }), 'duties.call.every: "0 days" is no interval'],
  ['offset', ladder({ at: '+0 days', tell: 'unit' }), 'ladders.promise.0.at: "+0 days" is neither'],
  ['only before', ladder({ at: '-1 day', tell: 'district' }), 'ladders.promise: no rung at or after the deadline'],
  ['holder only', ladder({ at: 'due', tell: 'holder' }), 'ladders.promise: never reaches above the holder'],
  ['unit only', ladder({ at: 'due', tell: 'unit' }), 'stages.help.ladder: "promise" never reaches above the unit'],
  [
    'blamed early',
    ladder({ at: '-1 day', tell: 'unit', account: true }),
    'ladders.promise.0.account: nothing is missed',
  ],
  ['starts with nothing', withStage({ from: 'call' }), 'stages.help.from: no item "call" in this stage'],
  [
    'starts perhaps',
    withStage({ from: 'visit', items: [{ ...visit, optional: true }, solved] }),
    'stages.help.from: "visit" is not required',
  ],
  [
    'starts unseen',
    withStage({ from: 'visit', items: [{ ...visit, within: undefined }, solved] }),
    'stages.help.from: "visit" has no deadline',
  ],
  ['starts with itself', withItems({ ...visit, from: 'visit' }, solved), 'stages.help.visit.from: a clock that starts'],
  ['no clock to start', withItems(visit, { ...solved, from: 'visit' }), 'stages.help.solved.from: it has no deadline'],
  [
    'extension cap',
    withStage({ extend: { cap: 'long', times: 1, approves: 'unit' } }),
    'stages.help.extend.cap: "long" is no',
  ],
  [
    'pause of the engine',
    (p) => (p.pauses = { suspension: ['中止', 'halt'] }),
    `pauses.suspension: is the engine's own`,
  ],
  ['pause in one language', (p) => (p.pauses = { notice: ['公示', '公示'] }), 'pauses.notice: Chinese and English'],
  ['money', (p) => (p.books = [book]), 'books.fund: "secretary" and "secretary" must be different people'],
  [
    'money not apart',
    (p) => {
      p.roles = { ...p.roles, cashier: { name: ['出纳', 'cashier'], post: 'cashier' } };
      p.books = [{ ...book, cash: 'cashier' }];
    },
    'books.fund: "cashier" and "secretary" must be different people',
  ],
  [
    'a party keeps money',
    (p) => (p.books = [{ ...book, cash: 'household' }]),
    'books.fund.cash: "household" is a party',
  ],
  ['book twice', (p) => (p.books = [book, book]), 'books: "fund" is there twice'],
  [
    'counted too often',
    needs({ done: { visit: 2 } }),
    'stages.help.solved: can never be reached: "visit" is done 1 time',
  ],
  [
    'counts itself',
    needs({ done: { solved: 1 } }),
    'stages.help.solved: can never be reached: "solved" cannot be done',
  ],
  ['no way open', needs({ any: [{ done: { visit: 9 } }] }), 'stages.help.solved: can never be reached: none of 1 ways'],
  [
    'nothing asks for it',
    (p) => {
      p.fields = { ...p.fields, wish: { name: ['心愿', 'wish'], kind: 'text' } };
      needs({ filled: ['wish'] })(p);
    },
    'stages.help.solved: can never be reached: nothing asks for the field "wish"',
  ],
  [
    'waiting for each other',
    withItems({ ...visit, when: { done: { solved: 1 } } }, solved),
    'stages.help.visit: can never be reached: "solved" cannot be done by then',
  ],
  [
    'stage',
    withStage({ when: { done: { visit: 1 } } }),
    'stages.help: can never be reached: "visit" cannot be done by then',
  ],
];

test.each(planted)('a planted problem is found: %s', (_, plant, problem) => {
  const draft: Draft = structuredClone(tinyProgram);
  plant(draft);
  const found = problemsOf(draft);
  expect(found.filter((line) => line.startsWith(problem))).not.toEqual([]);
});

test.each([undefined, null, 7, 'tiny', [], {}, () => undefined])('%s is no program, and says so', (value) => {
  expect(problemsOf(value)).not.toEqual([]);
});

test('a sound program has no problems', () => {
  expect(problemsOf(tinyProgram)).toEqual([]);
  const optional = structuredClone(tinyProgram) as Draft;
  withItems(visit, { ...solved, milestone: 'never', optional: true, needs: { done: { visit: 9 } } }, solved)(optional);
  expect(problemsOf(optional)).toEqual([]);
});

test('a field may have any name', () => {
  const draft = structuredClone(tinyProgram) as Draft;
  draft.fields = {
    ...draft.fields,
    name: { name: ['姓名', 'name'], kind: 'text' },
    target: { name: ['目标', 'target'], kind: 'text' },
  };
  expect(problemsOf(draft)).toEqual([]);
});

function consentBy(role: string) {
  return (p: Draft) => (p.consent = { by: [role], before: 'approval' });
}

function purposes(named: readonly string[], plant: (program: Draft) => unknown = () => undefined) {
  return (p: Draft) => {
    plant(p);
    const words = Object.fromEntries(named.map((each) => [each, ['目的', 'a purpose'] as const]));
    p.consent = { by: ['household'], before: 'approval', purposes: words };
  };
}

function needs(need: object) {
  return withItems(visit, { ...solved, needs: need });
}

function ladder(rung: Program['ladders'][string][number]) {
  return (p: Draft) => (p.ladders = { promise: [rung] });
}
