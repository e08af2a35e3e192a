import type { Logger } from 'pino';
import { Unreadable } from '../db/sealed.ts';
import { type Refusal, type RefusalCode, refuse } from '../engine/refusal.ts';
import type { Text } from '../sdk/program.ts';
import { STORED } from './case-row.ts';
import type { DoorDeps } from './deps.ts';
import { keyLost } from './failure.ts';
import type { LockedRow } from './lock.ts';

/** Why no act can be decided on this case now. */
export function whyClosed(deps: DoorDeps, row: LockedRow | undefined): Refusal | undefined {
  const shut = (code: RefusalCode, detail: Text, wayOut: Text) => refuse(code, detail, [wayOut]);
  if (!row) return shut('NOT_FOUND', ['没有这个个案', 'There is no such case.'], ['检查编号', 'Check the id.']);
  if (row.frozen) {
    return shut(
      'CASE_FROZEN',
      [
        '记录与见证不一致，个案已冻结',
        'The record and its witness disagree: the case is frozen until they are compared.',
      ],
      ['核对后用同一个幂等键重试', 'Send it again with the same key once that is done.'],
    );
  }
  if (row.stateVersion > STORED.sealed) {
    return shut(
      'NEWER_STATE',
      ['这个个案由更新的版本处理过', 'A newer release has written this case; this process does not guess.'],
      ['稍后用同一个幂等键重试', 'Send it again with the same key.'],
    );
  }
  return deps.mayFire() ? undefined : notCompared();
}

/** The answer while this process may decide nothing: its clock is off, or whether its stores agree is not known (yet). */
export const notCompared = (): Refusal =>
  refuse(
    'STORE_UNAVAILABLE',
    [
      '系统正在核对时钟和数据，暂时不能办理',
      'The clock and the stores of this machine are being compared: nothing is decided until they agree.',
    ],
    [
      [
        '稍后用同一个幂等键重试；一分钟后仍然如此，请联系管理员',
        'Send it again with the same idempotency key; tell the operators when that lasts longer than a minute.',
      ],
    ],
  );

/** The answer where the key of the case was destroyed, or nobody knows the one it needs. */
export const keyGone = (destroyed: boolean): Refusal => (destroyed ? KEY_DESTROYED : KEY_UNKNOWN);

const KEY_DESTROYED = refuse(
  'CASE_DESTROYED',
  [
    '个案的密钥已销毁，内容无法读取，不再记录。',
    'The key of the case was destroyed: nobody can read its contents, and nothing is recorded in it.',
  ],
  [
    [
      '核对本案的销毁记录；没有销毁记录时请联系管理员',
      'Look for who destroyed it; without a certificate tell the operators',
    ],
  ],
);

const KEY_UNKNOWN = refuse(
  'STORE_UNAVAILABLE',
  ['找不到个案的密钥，暂时不能办理。', 'The key of the case is not known here: nothing can be recorded now.'],
  [
    [
      '请管理员恢复密钥副本（LINLI_KEY_FOLDER），再用同一个幂等键重试',
      'Let the operators put the copies of the data keys (LINLI_KEY_FOLDER) back, and send it again with the same key',
    ],
  ],
);

/** Whether what is refused lasts until people have done something: nobody need ask again in seconds. */
export const waitsForPeople = (refusal: Refusal): boolean => refusal === KEY_UNKNOWN || refusal.code === 'CASE_FROZEN';

const alarmed = new WeakSet<object>();

/** Alarms, once for each error, where what is sealed of a case was altered or its key is lost; `about`: where it was met. */
export function alarmUnreadable(log: Pick<Logger, 'error'>, error: unknown, about: object): void {
  if (!(error instanceof Error) || alarmed.has(error) || !refusalIfUnreadable(error)) return;
  alarmed.add(error);
  const lost = keyLost(error);
  log.error({ alarm: lost ? 'KEY_LOST' : 'RECORD_CHANGED', lost, ...about }, error.message);
}

/** The answer where what is sealed of a case cannot be read, and will not be by waiting; undefined: the error says something else. */
export function refusalIfUnreadable(error: unknown): Refusal | undefined {
  const lost = keyLost(error);
  if (lost) return keyGone(lost === 'destroyed');
  if (!(error instanceof Unreadable) || error.why !== 'altered') return undefined;
  return refuse(
    'CASE_FROZEN',
    ['个案的内容被改动过，已无法读取。', 'What is kept of the case was altered outside Linli and cannot be read.'],
    [['请告知审计员核验（linli audit verify）', 'Tell an auditor: linli audit verify says what was altered']],
  );
}

/** The answer while what is due on a case cannot be fired. */
export const stuck = (): Refusal =>
  refuse(
    'CASE_STUCK',
    [
      '个案的到期事项无法处理，已通知检修',
      'What is due on the case cannot be brought up to date; the operators are alarmed.',
    ],
    [['修复后用同一个幂等键重试', 'Send it again with the same key once it is repaired.']],
  );

/** The answer to an actor who has not seen the case as it stands. */
export function stale(revision: number): Refusal {
  return refuse(
    'STALE_REVISION',
    [`个案已是第 ${revision} 版`, `The case is at revision ${revision} by now.`],
    [['重新读取个案，再决定是否提交', 'Read the case again and decide anew.']],
  );
}
