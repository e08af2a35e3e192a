import { problem } from './errors.ts';

/** The problem of an appointment that is over by the moment asked for. */
export function over() {
  return problem(
    'ALREADY_DONE',
    ['这项任职那时已经结束。', 'The appointment is over by then.'],
    [['岗位空缺时用 POST /appointments 任命', 'Appoint somebody to a vacant post with POST /appointments']],
  );
}

/** The problem of a moment at which the appointment has not begun. */
export function notBegun(path = 'at') {
  return problem(
    'INVALID_DATA',
    ['交接时间应晚于任职开始的时间。', 'A handover comes after the beginning of the appointment.'],
    [[`改正 ${path}`, `Correct ${path}`]],
    [{ path, message: 'not after from' }],
  );
}
