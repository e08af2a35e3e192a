import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import type { DataKey } from '../door/keys/data-keys.ts';
import { KeyAway, KeyGone } from '../door/keys/errors.ts';
import type { PayloadKeys } from '../door/keys/keyring.ts';
import { ENCRYPTED, keyOfPayload, payloadCodec, workerCodec } from './payload-codec.ts';

const keyOf = (owner: string): DataKey => ({ id: `${owner}.00000000`, owner, secret: randomBytes(32) });
const installation = keyOf('installation');
const caseKey = keyOf('c1');

/** A keyring over two keys, of which the case's can be away. */
function ring(away: { times: number; error?: Error } = { times: 0 }): PayloadKeys {
  const give = async <T>(found: T): Promise<T> => {
    if (away.times > 0) {
      away.times -= 1;
      throw away.error ?? new KeyAway('away');
    }
    return found;
  };
  return {
    installation,
    of: async (subject) => (subject && 'case' in subject && subject.case === 'c1' ? give(caseKey) : installation),
    byId: async (id) => {
      if (id === installation.id) return installation;
      if (id === caseKey.id) return give(caseKey);
      throw new KeyGone(`nobody knows ${id}`);
    },
  };
}

const workflow = (workflowId: string) => ({ type: 'workflow', namespace: 'default', workflowId }) as const;
const activity = (isLocal: boolean) =>
  ({ type: 'activity', namespace: 'default', workflowId: 'case/c1', isLocal }) as const;
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) as Payload;
const plain = (given: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(given.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()]),
  ),
  data: Buffer.from(given.data ?? []).toString(),
});

describe('the codec', () => {
  test('encrypts with the key of the case, else with the installation’s, and names it', async () => {
    const codec = payloadCodec(ring());
    const keys = await Promise.all(
      [workflow('case/c1'), activity(true), workflow('wheel/u1'), workflow('case/none'), undefined].map(
        async (context) => keyOfPayload((await codec.encode([payload('周某')], context))[0]!),
      ),
    );
    expect(keys).toEqual([caseKey.id, caseKey.id, installation.id, installation.id, installation.id]);
  });

  test('gives back what was encrypted, whatever it was, and nothing of it is to be seen', async () => {
    const codec = payloadCodec(ring());
    for (const value of [
      '周某',
      { 姓名: '周某', n: [1, null] },
      null,
      undefined,
      0,
      '',
      new Uint8Array([1, 2, 3]),
      'x'.repeat(300_000),
    ]) {
      const sent = payload(value);
      const [sealed] = await codec.encode([sent], workflow('case/c1'));
      expect(String(sealed!.metadata!['encoding'])).toBe(ENCRYPTED);
      expect(Buffer.from(sealed!.data!).includes('周某')).toBe(false);
      const [back] = await codec.decode([sealed!]);
      expect(plain(back!)).toEqual(plain(sent));
    }
    expect(await codec.encode([], workflow('case/c1'))).toEqual([]);
  });

  test('leaves the marks of the installation in clear', async () => {
    const sent = payload({ n: 1, nonce: 'x' });
    expect(await payloadCodec(ring()).encode([sent], workflow('installation/i1'))).toEqual([sent]);
  });

  test('takes what is not encrypted as it is', async () => {
    const sent = payload({ recorded: 'before' });
    expect(await payloadCodec(ring()).decode([sent])).toEqual([sent]);
  });

  test('refuses what was altered, and what nobody has a key for', async () => {
    const codec = payloadCodec(ring());
    const [sealed] = await codec.encode([payload('周某')], workflow('case/c1'));
    const altered = { ...sealed!, data: Buffer.from(sealed!.data!).fill(0, 20, 21) };
    await expect(codec.decode([altered])).rejects.toThrow('altered or damaged');
    const swapped = {
      ...sealed!,
      metadata: { ...sealed!.metadata, 'encryption-key-id': Buffer.from(installation.id) },
    };
    await expect(codec.decode([swapped])).rejects.toThrow('altered or damaged');
    const foreign = { ...sealed!, metadata: { ...sealed!.metadata, 'encryption-key-id': Buffer.from('x.1') } };
    await expect(codec.decode([foreign])).rejects.toThrow(KeyGone);
  });
});

describe('a worker’s codec', () => {
  const patience = { taskMs: 500, answerMs: 700 };

  test('waits for a key that is away for a moment', async () => {
    const codec = workerCodec(ring({ times: 2 }), patience);
    const [sealed] = await codec.encode([payload('周某')], workflow('case/c1'));
    expect(keyOfPayload(sealed!)).toBe(caseKey.id);
    const decoding = workerCodec(ring({ times: 2 }), patience);
    await expect(decoding.decode([sealed!])).resolves.toHaveLength(1);
  });

  test('gives a workflow task back when it stays away, and never the answer of an activity', async () => {
    const codec = workerCodec(ring({ times: 99 }), patience);
    await expect(codec.encode([payload('周某')], workflow('case/c1'))).rejects.toThrow(KeyAway);
    const [sealed] = await payloadCodec(ring()).encode([payload('周某')], workflow('case/c1'));
    await expect(codec.decode([sealed!], workflow('case/c1'))).rejects.toThrow(KeyAway);
    for (const isLocal of [true, false]) {
      const [answer] = await codec.encode([payload('周某')], activity(isLocal));
      expect(keyOfPayload(answer!)).toBe(installation.id);
    }
    const gone = workerCodec(ring({ times: 99, error: new KeyGone('destroyed') }), patience);
    const begun = performance.now();
    await expect(gone.decode([sealed!], workflow('case/c1'))).rejects.toThrow(KeyGone);
    expect(performance.now() - begun).toBeLessThan(400);
  });
});
