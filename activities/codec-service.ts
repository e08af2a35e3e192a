import type { Payload } from '@temporalio/common';
import { ownerOf } from '../door/keys/data-keys.ts';
import { KeyAway, KeyGone } from '../door/keys/errors.ts';
import type { Keyring } from '../door/keys/keyring.ts';
import { INSTALLATION } from '../door/keys/wrapping.ts';
import { keyOfPayload, openPayload, sealPayload } from './payload-codec.ts';

/** A payload as Temporal's codec servers are sent it: protobuf's JSON, in which bytes are base64. */
export interface PayloadJson {
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly data?: string | undefined;
}

/** What a codec server does, without HTTP. */
export interface CodecService {
  /**
   * Decrypts those payloads whose case `mayRead` allows; the installation's own are asked for as undefined. Others stay as they
   * are, and one that nobody can read, its key destroyed or itself altered, becomes a text that says so. Throws `KeyAway`.
   */
  decode(
    payloads: readonly PayloadJson[],
    mayRead: (caseId: string | undefined) => Promise<boolean>,
  ): Promise<PayloadJson[]>;
  /** Encrypts with the installation's key: nobody says which workflow they are for. */
  encode(payloads: readonly PayloadJson[]): PayloadJson[];
}

/** A codec server over a process' keys. */
export function codecService(keyring: Keyring): CodecService {
  return {
    decode(payloads, mayRead) {
      const allowed = new Map<string, Promise<boolean>>();
      return Promise.all(
        payloads.map(async (json) => {
          const payload = fromJson(json);
          const id = keyOfPayload(payload);
          if (id === undefined) return json;
          const owner = ownerOf(id);
          const caseId = owner === INSTALLATION ? undefined : owner;
          const may = allowed.get(owner) ?? mayRead(caseId);
          allowed.set(owner, may);
          if (!(await may)) return json;
          return toJson(await readable(keyring, payload));
        }),
      );
    },
    encode: (payloads) => payloads.map((json) => toJson(sealPayload(keyring.installation, fromJson(json)))),
  };
}

async function readable(keyring: Keyring, payload: Payload): Promise<Payload> {
  try {
    return await openPayload(keyring, payload);
  } catch (error) {
    if (error instanceof KeyAway) throw error;
    const said =
      error instanceof KeyGone
        ? '密钥已销毁或无人持有，无法解读 the key is gone: nobody can read this'
        : '内容已被改动或损坏，无法解读 this was altered or damaged';
    return {
      metadata: { encoding: Buffer.from('json/plain') },
      data: Buffer.from(JSON.stringify({ unreadable: said })),
    };
  }
}

function fromJson({ metadata = {}, data }: PayloadJson): Payload {
  const bytes = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return {
    metadata: Object.fromEntries(bytes),
    ...(data === undefined ? {} : { data: Buffer.from(data, 'base64') }),
  };
}

function toJson({ metadata, data }: Payload): PayloadJson {
  const texts = Object.entries(metadata ?? {}).map(
    ([name, value]) => [name, Buffer.from(value).toString('base64')] as const,
  );
  return {
    metadata: Object.fromEntries(texts),
    ...(data?.length ? { data: Buffer.from(data).toString('base64') } : {}),
  };
}
