import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { cancelItem, endDuty } from '../flow.ts';
import { refuse } from '../refusal.ts';
import { GUARDIAN } from '../rights.ts';
import { add, tell } from '../story.ts';
import { suspendCase } from '../suspension.ts';
import { dueOf } from '../time/clock.ts';
import { stopUnagreed } from '../voice/purposes.ts';
import { askOf, bringers, otherVoice, type Spoken, saidWith, toldOfOthersWord, voiceOfAct } from './consent-voice.ts';
import { onBehalfProblem } from './proof.ts';
import { proofShape } from './shapes.ts';

/** How long the question rests after a refusal, where the program says nothing else. */
const REST = '30 days';

const REFUSED: Text = ['没有同意', 'consent was refused'];

/**
 * Somebody wants no help: with or without a reason, and recorded as such. The question then rests for as long as the program
 * says. Also the answer to being asked again; the help then stops, as by a withdrawal.
 */
const consentRefuse: ActKind<Spoken> = {
  data: z.strictObject({ ...proofShape }),
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  lateExempt: true,
  evenColliding: true,
  who: bringers,
  decide(context) {
    const { state, world, data, roles, at, act } = context;
    const voice = voiceOfAct(context);
    if (isRefusal(voice)) return voice;
    const { role } = voice;
    const ask = askOf(state);
    if (state.consent && !ask) {
      return refuse(
        'ALREADY_DONE',
        ['已经同意过，现在不想继续是撤回。', 'Consent has been given; not wanting to go on is a withdrawal.'],
        [['用 consent.withdraw 撤回', 'Use consent.withdraw']],
      );
    }
    const problem =
      (role === GUARDIAN ? otherVoice(context, role) : undefined) ??
      (roles.has(role) ? undefined : onBehalfProblem(context, data));
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    const { calendar, program } = world;
    const budget = program.consent?.rest ?? REST;
    const restsUntil = dueOf({
      start: world.now,
      budget,
      calendar,
      pauses: [],
      extensions: [],
      restDays: 'keep',
    }).dueAt;
    const told = ask ? toldOfOthersWord(context, role) : undefined;
    const said = { ...saidWith(context), ...(told ? { told } : {}) };
    add(story, { type: 'consent.refused', data: { by: role, restsUntil, ...said } });
    if (ask) {
      cancelItem(story, ask, REFUSED);
      stopUnagreed(story, REFUSED);
      if (story.state.status === 'open') suspendCase(story);
      if (story.state.status === 'followUp') for (const duty of program.duties) endDuty(story, duty, REFUSED);
    }
    return story.events;
  },
};

/** `consent.refuse`. */
export const refuseAct: ActKind = actKind(consentRefuse);
