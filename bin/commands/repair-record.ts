import { lastRestore, type RestoreFound } from '../../db/queries/restores.ts';
import type { GivenUpAct, SettledAct } from '../../door/give-up.ts';
import type { Repaired } from '../../door/repair.ts';
import type { RegisterCommand } from '../context.ts';
import { heldLines } from './rebuild.ts';
import { withTemporal } from './with-stores.ts';

interface Options {
  readonly case?: string;
  readonly write?: true;
  readonly giveUpSince?: true;
  readonly json?: true;
}

/** `linli repair-record`: what frozen cases' records lack is put back from the workflow histories; without `--write` only told. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('repair-record')
    .description("put back into frozen cases' records what their workflow histories hold; without --write only say it")
    .option('--case <id>', 'one case only')
    .option('--write', 'write it, and let the cases go')
    .option(
      '--give-up-since',
      'with --case: put aside what was recorded after the restore and contradicts the histories; its acts are decided again where that repeats nothing',
    )
    .option('--json', 'for programs: [{caseId, missing, written, held, answered, givenUp, settled, refused, agrees?}]')
    .action(async (options: Options) => {
      // what lets a case go is said to its workflow
      const session = { max: 2, name: 'linli repair-record', ...(options.write ? { sends: true as const } : {}) };
      const done: Repaired[] = [];
      const agreeing: (Repaired & { readonly agrees: true })[] = [];
      let faults = 0;
      try {
        await withTemporal(context, session, async ({ sql, client }) => {
          const restore = await lastRestore(sql);
          const { repairRecord } = await import('../audit/repair.ts');
          const { archiveFolderOf } = await import('../audit/prove.ts');
          if (!options.json) for (const line of restoreLines(restore)) context.print(line);
          await repairRecord({
            ...{ sql, client, caseId: options.case, folder: archiveFolderOf(context) },
            ...{ write: options.write === true, giveUpSince: options.giveUpSince === true },
            onCase(one) {
              done.push(one);
              if (!options.json) for (const line of linesOf(one)) context.print(line);
            },
            onFault(what) {
              faults += 1;
              context.say(`! ${what}`);
            },
          });
          const told = new Set(done.flatMap(({ answered = [] }) => answered.map(({ id }) => id)));
          for (const [caseId, answered] of otherwiseAgreeing(restore, told)) {
            if (options.json) agreeing.push({ caseId, missing: 0, written: false, held: [], answered, agrees: true });
            else for (const each of answered) context.print(answeredLine(caseId, each));
          }
        });
      } finally {
        // also of what was done before it was broken off
        if (options.json) context.print(JSON.stringify([...done, ...agreeing], undefined, 2));
      }
      if (faults > 0 || done.some(({ written }) => !written)) process.exitCode = 1;
      if (!options.json && done.length === 0) context.print('no case is frozen');
    });
};

type Answered = NonNullable<Repaired['answered']>;

const answeredLine = (caseId: string, { id, type }: Answered[number]): string =>
  `! case ${caseId}: ${type} (act ${id}) was answered and never witnessed: what it said is lost`;

/** By case, the acts that were answered before a restore and are lost, and not sent again since; without those already told of. */
export function otherwiseAgreeing(
  restore: RestoreFound | undefined,
  told: ReadonlySet<string>,
): ReadonlyMap<string, Answered> {
  const found = new Map<string, Answered>();
  for (const { caseId, id, type, again } of restore?.answered ?? [])
    if (!again && !told.has(id)) found.set(caseId, [...(found.get(caseId) ?? []), { id, type }]);
  return found;
}

function linesOf(one: Repaired): string[] {
  const { caseId, missing, written, held, answered = [], refused } = one;
  return [
    refused !== undefined
      ? `✗ case ${caseId} stays frozen: ${refused}`
      : `${written ? '✓' : '✗'} case ${caseId}: ${missing} events ${written ? 'put back, it goes on' : 'are missing; --write puts them back'}`,
    ...heldLines(caseId, held),
    ...answered.map((each) => answeredLine(caseId, each)),
    ...(refused === undefined ? asideLines(one) : []),
  ];
}

/** What was put aside, and what people have to look after: ids, types and hashes, no words. */
function asideLines({ caseId, givenUp, settled, written }: Repaired): string[] {
  if (!givenUp && !settled) return [];
  const acts = settled ?? givenUp?.acts ?? [];
  return [
    ...(givenUp
      ? [
          `${written ? '✓' : '→'} case ${caseId}: ${givenUp.events} events behind event ${givenUp.after} ${written ? 'were' : 'would be'} put aside as branch ${givenUp.n}, SHA-256 ${givenUp.sha256}`,
          ...givenUp.begun.map(
            (id) => `! case ${caseId}: effect ${id} of it had begun: look whether it was carried out`,
          ),
          ...(givenUp.cut.leaves > 0
            ? [
                `! the log goes back by ${givenUp.cut.leaves} events, which enter it again in another order; ${givenUp.cut.checkpoints} signed checkpoints fall with them: linli audit accept-restore, and tell whoever keeps a witness`,
              ]
            : []),
        ]
      : []),
    ...acts.map(
      (act) =>
        `${actMark(act)} case ${caseId}: ${act.type} (act ${act.id}, event ${act.seq}, ${act.hash ?? 'no event'}): ${actFate(act)}`,
    ),
  ];
}

const actMark = (act: GivenUpAct | SettledAct): string => ('came' in act && act.came === 'recorded' ? '✓' : '!');

function actFate(act: GivenUpAct | SettledAct): string {
  if ('came' in act)
    return act.came === 'recorded' ? 'decided again under its id' : `for people to look after: ${act.why}`;
  return act.did.length > 0 ? `for people to look after: ${act.did.join(', ')}` : 'would be decided again';
}

function restoreLines(found: RestoreFound | undefined): string[] {
  if (!found) return [];
  const { foundAt, why, asOf, comparedAt, lost, unsent } = found;
  const since = asOf === null ? '' : `; its last mark is of ${asOf}`;
  return [
    `restored: noticed ${foundAt} (${why})${since}${comparedAt === null ? '; the comparison is under way' : ''}`,
    ...(lost > 0 ? [`! ${lost} cases that Temporal knows were missing altogether`] : []),
    ...(unsent > 0
      ? [
          `! ${unsent} messages were on their way outside: whether they arrived is not known, they wait to be sent again by people`,
        ]
      : []),
  ];
}
