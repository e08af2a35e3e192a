import { expect, it } from 'vitest';
import { isForPersonsOnly } from './outbox.ts';

it('complaints and emergencies, also about nobody, go to no group; what a ladder tells may', () => {
  expect(
    ['complaint', 'emergency', 'undelivered', 'withdrawal', 'signIn', 'rung', 'nudge', 'transfer'].filter(
      isForPersonsOnly,
    ),
  ).toEqual([...['complaint', 'emergency', 'undelivered', 'withdrawal', 'signIn']]);
});
