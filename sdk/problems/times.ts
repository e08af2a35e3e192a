import { type ParsedOffset, parseBudget, parseOffset } from '../budget.ts';
import { isRequired, keyOf } from '../keys.ts';
import type { Program, Rung, Stage } from '../program.ts';

/** Budgets can be read; ladders go on after the deadline and end with somebody above those who missed it. */
export function timeProblems(program: Program): string[] {
  const budgets: [at: string, budget: string | undefined][] = [
    ...program.stages.flatMap((stage): [string, string | undefined][] => [
      [`stages.${stage.stage}.within`, stage.within],
      [`stages.${stage.stage}.extend.cap`, stage.extend?.cap],
      ...stage.items.flatMap((item): [string, string | undefined][] => [
        [`stages.${stage.stage}.${keyOf(item)}.within`, item.within],
        [`stages.${stage.stage}.${keyOf(item)}.extend.cap`, item.extend?.cap],
        [`stages.${stage.stage}.${keyOf(item)}.limit`, 'call' in item ? item.limit : undefined],
        [
          `stages.${stage.stage}.${keyOf(item)}.objections.within`,
          'disclosure' in item ? item.objections.within : undefined,
        ],
      ]),
    ]),
    ...program.books.flatMap((book): [string, string | undefined][] => [
      [`books.${book.book}.match`, book.match],
      [`books.${book.book}.closeWithin`, book.closeWithin],
      [`books.${book.book}.closeDayWithin`, book.closeDayWithin],
      [`books.${book.book}.statementWithin`, book.statementWithin],
    ]),
    ['consent.rest', program.consent?.rest],
    ['life.extend.cap', program.life.extend.cap],
    ['life.followUp', program.life.followUp],
  ];
  return [
    ...budgets.flatMap(([at, budget]) =>
      budget === undefined || parseBudget(budget)
        ? []
        : [`${at}: "${budget}" is no budget; write it as "15 working days"`],
    ),
    ...(parseBudget(program.life.followUp ?? '')?.unit === 'working days'
      ? [
          `life.followUp: "${program.life.followUp}" hangs on calendars that are not out yet; write it in days, months or years`,
        ]
      : []),
    ...Object.entries(program.ladders).flatMap(([name, rungs]) => ladderProblems(name, rungs)),
    ...startProblems(program),
    ...reachAbove(program),
  ];
}

/** A clock that starts with a named item starts for certain: the item is of the same stage and required, and late itself when it does not come. */
function startProblems(program: Program): string[] {
  return program.stages.flatMap((stage) => {
    const ofStage = stage.from === undefined ? [] : startProblem(stage, `stages.${stage.stage}.from`, stage.from);
    const ofItems = stage.items.flatMap((item) => {
      const at = `stages.${stage.stage}.${keyOf(item)}`;
      const idle =
        item.within === undefined
          ? (['from', 'extend'] as const).flatMap((member) =>
              item[member] === undefined ? [] : [`${at}.${member}: it has no deadline; say \`within\``],
            )
          : [];
      if (item.from === undefined) return idle;
      const itself = item.from === keyOf(item) ? [`${at}.from: a clock that starts when its item is done is none`] : [];
      return [...idle, ...itself, ...startProblem(stage, `${at}.from`, item.from)];
    });
    return [...ofStage, ...ofItems];
  });
}

function startProblem(stage: Stage, at: string, key: string): string[] {
  const item = stage.items.find((each) => keyOf(each) === key);
  if (!item) return [`${at}: no item "${key}" in this stage`];
  if (!isRequired(item)) return [`${at}: "${key}" is not required, so that the clock might never start`];
  const watched = item.within !== undefined && item.from === undefined;
  return stage.from === key && !watched
    ? [
        `${at}: "${key}" has no deadline from its own opening (\`within\`), so that nobody would notice when it does not come`,
      ]
    : [];
}

function ladderProblems(name: string, rungs: readonly Rung[]): string[] {
  const at = `ladders.${name}`;
  const offsets = rungs.map((rung) => parseOffset(rung.at));
  const after = (offset: ParsedOffset | undefined): boolean => offset !== undefined && offset.n >= 0;
  const seen = new Set<string>();
  return [
    ...rungs.flatMap((rung, n) => {
      const offset = offsets[n];
      if (!offset) return [`${at}.${n}.at: "${rung.at}" is neither "due" nor like "-5 working days"`];
      const same = seen.has(`${rung.at} ${rung.tell}`);
      seen.add(`${rung.at} ${rung.tell}`);
      return [
        ...(same ? [`${at}.${n}: the same rung is there twice`] : []),
        ...(rung.account && offset.n < 0 ? [`${at}.${n}.account: nothing is missed before the deadline`] : []),
      ];
    }),
    ...(offsets.some(after) ? [] : [`${at}: no rung at or after the deadline, so that missing it goes unseen`]),
    ...(rungs.some((rung, n) => rung.tell !== 'holder' && after(offsets[n]))
      ? []
      : [`${at}: never reaches above the holder once the deadline has passed`]),
  ];
}

/** What is promised to a household (stages) and other people's money (books) must in the end be seen above the unit. */
function reachAbove(program: Program): string[] {
  const uses: [at: string, ladder: string][] = [
    ...program.stages.map(({ stage, ladder }): [string, string] => [`stages.${stage}`, ladder]),
    ...program.books.map(({ book, ladder }): [string, string] => [`books.${book}`, ladder]),
  ];
  return uses.flatMap(([at, name]) => {
    const rungs = program.ladders[name];
    const above = rungs?.some(
      ({ tell, at: offset }) => (tell === 'sub-district' || tell === 'district') && (parseOffset(offset)?.n ?? 0) >= 0,
    );
    return rungs && !above ? [`${at}.ladder: "${name}" never reaches above the unit`] : [];
  });
}
