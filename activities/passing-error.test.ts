import { expect, test } from 'vitest';
import { StoreUnavailable } from '../db/transactions.ts';
import { KeyGone, KeysAway } from '../door/keys/errors.ts';
import { isPassing } from './passing-error.ts';

const grpc = (code: number) => Object.assign(new Error('of the server'), { code });
const wrapped = (cause: Error) => new Error('said by somebody else', { cause });

test.each([
  ['UNAVAILABLE', grpc(14)],
  ['DEADLINE_EXCEEDED, wrapped', wrapped(grpc(4))],
  ['RESOURCE_EXHAUSTED', grpc(8)],
  ['the database does not answer', new StoreUnavailable('away')],
  ['no key is given at present', new KeysAway('away')],
  ['a connection that was reset', wrapped(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))],
])('%s passes', (_, error) => expect(isPassing(error)).toBe(true));

test.each([
  ['a key that is gone', new KeyGone('gone')],
  ['what cannot be decrypted', Object.assign(new Error('auth'), { code: 'ERR_CRYPTO_INVALID_TAG' })],
  ['a malformed history', new TypeError('no seq')],
  ['DATA_LOSS', wrapped(grpc(15))],
  ['no error at all', 'text'],
])('%s is a matter of the case', (_, error) => expect(isPassing(error)).toBe(false));
