import { expect, test } from 'vitest';
import { passwordFault } from './passwords.ts';

// from the list the file beside it was made of: at its beginning, its end, and with what people hang on
test.each(['Mailcreated5240', 'leavemealone', 'Sojdlg123aljg', 'SONYERICSSON', 'manchesterunited2026!'])(
  '%s is one of the most used',
  (password) => expect(passwordFault(password, 'wang')).toBe('plain'),
);

test.each([
  ...[
    'woaini1314520',
    '5201314woaini',
    'a123456a123456',
    'wodemima2026',
    'qq1234567890',
    'woaiwojia1314',
    'nihao123456789',
  ],
  ...['1qaz2wsx3edc', 'qwerty123456', '1314520131452', 'password12345678', 'LinliAdmin2026!'],
])('%s is made of what lists begin with', (password) => expect(passwordFault(password, 'wang')).toBe('plain'));

const UNITS = ['济源路街道', 'Jiyuan Road Sub-district', '上街区', 'West Xin’an Road Community'];

test.each([
  '济源路街道办2026-07',
  '济源济源济源济源2026',
  'JiyuanRoad2026!',
  'jiyuan-community-1',
  '上街区济源路123456789',
])('%s is made of the names of units', (password) => expect(passwordFault(password, 'wang', UNITS)).toBe('plain'));

test.each([
  '秋天的石榴树 and a kettle',
  'correct horse battery staple',
  '济源路口的石榴树结了三个果',
  'Tr0ub4dor and 3 more',
])('%s is taken', (password) => expect(passwordFault(password, 'wang', UNITS)).toBeUndefined());
