import { expect, it } from 'vitest';
import { problemsOf } from '../problems.ts';
import { tinyProgram } from '../tiny-program.fixture.ts';

const [stage] = tinyProgram.stages;
const vote = { vote: 'ballot', name: ['表决', 'ballot'], body: 'residents', by: 'secretary' };
const disclosure = {
  ...{ disclosure: 'announce', name: ['决议公示', 'announce'], by: 'secretary', days: 7 },
  objections: { by: 'supervisor', within: '5 working days' },
};

/** The tiny program with a post that decides objections, and these items beside its own. */
const withItems = (...items: object[]) =>
  problemsOf({
    ...tinyProgram,
    roles: {
      ...tinyProgram.roles,
      supervisor: { name: ['监督', 'supervisor'], post: 'supervision-head' },
      helper: { name: ['帮手', 'helper'], post: 'helper', optional: true },
    },
    fields: {
      ...tinyProgram.fields,
      group: { name: ['机构', 'body'], kind: 'text' },
      size: { name: ['人数', 'size'], kind: 'number' },
    },
    intake: ['need', 'group', 'size'],
    stages: [
      { ...stage!, items: [...stage!.items, ...items] },
      { ...stage!, stage: 'later', items: [{ task: 'then', name: ['随后', 'then'], by: 'secretary' }] },
    ],
  });

it.each<[string, object[], string[]]>([
  [
    'all of it',
    [
      { ...vote, quorum: '1/2', passes: 'more than 1/2 of eligible', named: 'group', lost: 'help', proof: ['file'] },
      { ...disclosure, counts: 'working days' },
    ],
    [],
  ],
  [
    'a quorum of more than all',
    [{ ...vote, quorum: 'more than 1/1' }],
    ['stages.help.ballot.quorum: "more than 1/1" is no share; write it as "1/2" or "more than 1/2"'],
  ],
  [
    'no share',
    [{ ...vote, quorum: 'half' }],
    ['stages.help.ballot.quorum: "half" is no share; write it as "1/2" or "more than 1/2"'],
  ],
  [
    'half is no majority',
    [{ ...vote, passes: '1/2 of present' }],
    [
      'stages.help.ballot.passes: "1/2 of present" is no majority; write it as "more than 1/2 of present" (or of eligible, of cast)',
    ],
  ],
  [
    'of nobody',
    [{ ...vote, passes: 'more than 1/2' }],
    [
      'stages.help.ballot.passes: "more than 1/2" is no majority; write it as "more than 1/2 of present" (or of eligible, of cast)',
    ],
  ],
  [
    'a party records it',
    [{ ...vote, by: 'household' }],
    ['stages.help.ballot.by: "household" is a party; a post does this'],
  ],
  ['an unknown role', [{ ...vote, by: 'nobody' }], ['stages.help.ballot.by: unknown role "nobody"']],
  [
    'an optional one',
    [{ ...vote, by: 'helper' }],
    ['stages.help.ballot.by: "helper" is optional, and somebody must do it'],
  ],
  ['a field there is not', [{ ...vote, named: 'nothing' }], ['stages.help.ballot.named: unknown field "nothing"']],
  ['a field of numbers', [{ ...vote, named: 'size' }], ['stages.help.ballot.named: "size" is no text']],
  [
    'a personal field',
    [{ ...vote, named: 'need' }],
    ['stages.help.ballot.named: "need" is personal, and the name of a body is no secret'],
  ],
  [
    'a body twice',
    [vote, { ...vote, vote: 'again' }],
    ['stages.help.again.body: "residents" votes in stages.help.ballot already'],
  ],
  [
    'back to what comes later',
    [{ ...vote, lost: 'later' }],
    ['stages.help.ballot.lost: "later" comes later; one goes back to this stage or an earlier one'],
  ],
  ['back to nowhere', [{ ...vote, lost: 'nowhere' }], ['stages.help.ballot.lost: unknown stage "nowhere"']],
  [
    'posted and decided by one',
    [{ ...disclosure, objections: { by: 'secretary', within: '5 days' } }],
    [
      'stages.help.announce.objections.by: "secretary" posts it as well; who posts does not decide what is objected to it',
    ],
  ],
  [
    'no time',
    [{ ...disclosure, objections: { by: 'supervisor', within: 'soon' } }],
    ['stages.help.announce.objections.within: "soon" is no budget; write it as "15 working days"'],
  ],
  [
    'no ladder',
    [{ ...disclosure, objections: { by: 'supervisor', within: '5 days', ladder: 'none' } }],
    ['stages.help.announce.objections.ladder: unknown ladder "none"'],
  ],
  [
    'upheld to what comes later',
    [{ ...disclosure, objections: { by: 'supervisor', within: '5 days', upheld: 'later' } }],
    ['stages.help.announce.objections.upheld: "later" comes later; one goes back to this stage or an earlier one'],
  ],
  [
    'a purpose',
    [{ ...disclosure, optional: true, purpose: 'press' }],
    expect.arrayContaining([expect.stringContaining('stages.help.announce.purpose: what was begun outside')]) as never,
  ],
  [
    'a key of the engine’s own',
    [{ ...vote, vote: 'objection' }],
    ['stages and duties: "objection" is a name of the engine\'s own, choose another'],
  ],
  ['no days', [{ ...disclosure, days: 0 }], [expect.stringContaining('stages.0.items.2.days')] as never],
])('%s', (_what, items, problems) => {
  expect(withItems(...items)).toEqual(problems);
});
