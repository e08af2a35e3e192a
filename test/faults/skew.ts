import { setTimeout as sleep } from 'node:timers/promises';
import { addNote, type Ground, openCases } from './ground.ts';

/** An API and the only worker run on machines whose clocks are off: neither decides or fires anything, and both alarm. */
export async function clocksOff(ground: Ground): Promise<void> {
  const { rig, random, figures } = ground;
  const offMs = random.pick([400, -1]) * 86_400_000;
  figures['clocks off by days'] = offMs / 86_400_000;
  await rig.standUp('api', 'worker');
  await rig.fault(async () => {
    await rig.end('worker');
    const wrong = await rig.start('api 2', { offMs });
    await rig.start('worker', { offMs });
    const cases = await openCases(ground, 6, 8, 12);
    await sleep(16_000);
    const fired = await rig.sql`
      SELECT FROM events WHERE case_id IN ${rig.sql(cases)} AND type = 'rung.fired'`;
    if (fired.length > 0) throw new Error(`a worker whose clock is off fired ${fired.length} rungs`);
    const note = addNote(ground, cases[0]!, [wrong.url]);
    await sleep(2_000);
    const alarms = Object.keys(rig.troubles()).filter((each) => each.includes(' CLOCK '));
    for (const name of ['api 2', 'worker'])
      if (!alarms.some((each) => each.startsWith(`${name}: `))) throw new Error(`${name} did not alarm`);
    await rig.end('api 2');
    await rig.start('api 2');
    await rig.end('worker');
    await rig.start('worker');
    const { firstFailure } = await note;
    if (!firstFailure?.startsWith('503')) throw new Error('an API whose clock is off decided');
  });
  await sleep(7_000);
}
