import type { Text } from '../../sdk/program.ts';

/** The words every form on a page of its own has, Chinese first. */
export const fw = {
  back: ['返回', 'Back'],
  cancel: ['取消', 'Cancel'],
  change: ['返回修改', 'Change something'],
  notDone: ['没有办成', 'That was not done'],
  waysOut: ['可以这样办：', 'What you can do:'],
  noUndo: ['办理后不能撤回。', 'This cannot be undone.'],
  notYet: ['尚未办理。', 'Nothing has been done yet.'],
  optional: ['（可不填）', '(optional)'],
} as const satisfies Readonly<Record<string, Text>>;
