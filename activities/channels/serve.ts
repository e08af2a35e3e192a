import { outOfQuiet } from '../../door/outbox-times.ts';
import type { MakeAttempt } from './attempt.ts';
import { failsSince, giveUp } from './attempts.ts';
import { disableEndpoint } from './disable.ts';
import { dueSendings, gather, loadEndpoint, putOff, type Turn } from './queue.ts';
import type { SendingDeps } from './sending-deps.ts';

/** Sends what is due over one endpoint. After a failure the rest waits, but for what is urgent. */
export async function serveEndpoint(
  deps: Pick<SendingDeps, 'sql' | 'log' | 'clock' | 'stopping'>,
  attempt: MakeAttempt,
  turn: Turn,
): Promise<void> {
  const { sql, clock, stopping } = deps;
  const now = await clock();
  const endpoint = await loadEndpoint(sql, turn.endpointId, now);
  if (!endpoint.open) await giveUp(sql, endpoint.id, now, endpoint.removed);
  const peace = outOfQuiet(endpoint.quiet, now);
  if (peace > now) await putOff(sql, turn, peace);
  if (endpoint.open) await gather(sql, turn, now);
  let well = true;
  let wornOut = false;
  let attempted = false;
  for (const sending of await dueSendings(sql, endpoint.id, now)) {
    if (!well && !sending.urgent) continue;
    if (stopping().aborted) return;
    // as it is now: settings and trust may have changed while others were sent
    const served = attempted ? await loadEndpoint(sql, turn.endpointId, now) : endpoint;
    attempted = true;
    if (sending.kind === 'messages' && !served.open) return;
    const came = await attempt(served, turn, sending);
    if (came === 'lost') return;
    well &&= came === 'sent' || came === 'refused';
    // a message was tried all its time, and nothing else got through meanwhile
    if (came === 'over' && sending.kind === 'messages') wornOut ||= await failsSince(sql, endpoint.id, sending.beganAt);
  }
  if (endpoint.open && wornOut) await disableEndpoint(deps, endpoint, 'failing', now);
}
