import { expect, test } from 'vitest';
import { runLink } from './run-link.ts';

const event = { caseId: 'c 1', witnessed: true, currentRun: 'run-2', archivedRun: null };
const temporalUi = { url: 'https://temporal.example.org/ui', namespace: 'linli.a1' };

test('an event leads to the run that has it: the present one, or the archived one it was recorded in', () => {
  expect(runLink({ temporalUi }, event)).toEqual({
    ...{ workflowId: 'case/c 1', runId: 'run-2', witnessed: true, archived: false },
    url: 'https://temporal.example.org/ui/namespaces/linli.a1/workflows/case%2Fc%201/run-2/history',
  });
  expect(runLink({ temporalUi }, { ...event, archivedRun: 'run-1' })).toMatchObject({ runId: 'run-1', archived: true });
});

test('without a run it leads to the workflow, and without an address nowhere', () => {
  const early = { ...event, currentRun: null, witnessed: false };
  expect(runLink({ temporalUi }, early).url).toBe(
    'https://temporal.example.org/ui/namespaces/linli.a1/workflows/case%2Fc%201',
  );
  expect(runLink({}, event).url).toBeNull();
});
