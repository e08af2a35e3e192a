import { setTimeout as sleep } from 'node:timers/promises';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import { seal, unseal } from '../db/aes.ts';
import type { DataKey } from '../door/keys/data-keys.ts';
import { KeyAway } from '../door/keys/errors.ts';
import type { PayloadKeys, Subject } from '../door/keys/keyring.ts';
import { installationWorkflowId, subjectOfWorkflow } from '../workflows/names.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** `encoding` of an encrypted payload, as Temporal's own samples name it. */
export const ENCRYPTED = 'binary/encrypted';
const cipherName = 'AES-256-GCM';

/** How long is waited for a key that is away, before the task is given back to Temporal, in milliseconds. */
export interface CodecPatience {
  /** In a workflow task, which has five seconds. Default 3,000. */
  readonly taskMs?: number;
  /** When a regular activity answers: longer than our activities may take, so that Temporal has given it up by then. Default 40,000. */
  readonly answerMs?: number;
}

/**
 * Encrypts what goes to Temporal and decrypts what comes from it: with the key of the case the workflow belongs to, else with
 * the installation's. What is not encrypted is taken as it is: histories of earlier releases are. For clients it throws at once
 * when a key cannot be had; a wake that fails is left to the sweeper.
 */
export function payloadCodec(keyring: PayloadKeys): PayloadCodec {
  return {
    encode: async (payloads, context) => {
      if (payloads.length === 0 || staysClear(context)) return payloads;
      const key = await keyring.of(subjectOf(context));
      return payloads.map((payload) => sealPayload(key, payload));
    },
    decode: (payloads) => Promise.all(payloads.map((payload) => openPayload(keyring, payload))),
  };
}

/**
 * The same for a worker. A key that is away is waited for; then the workflow task fails, and Temporal gives it out again. The
 * answer of an activity must not fail for it, since that would end the worker: it is encrypted with the installation's key in the
 * end, and comes too late for anything but an error.
 */
export function workerCodec(
  keyring: PayloadKeys,
  { taskMs = 3_000, answerMs = 40_000 }: CodecPatience = {},
): PayloadCodec {
  const codec = payloadCodec(keyring);
  return {
    async encode(payloads, context) {
      const waits = context?.type === 'activity' && !context.isLocal ? answerMs : taskMs;
      try {
        return await patiently(waits, () => codec.encode(payloads, context));
      } catch (error) {
        if (context?.type !== 'activity') throw error;
        return payloads.map((payload) => sealPayload(keyring.installation, payload));
      }
    },
    decode: (payloads, context) => patiently(taskMs, () => codec.decode(payloads, context)),
  };
}

/** Encrypts a payload; the key's name stands beside it in clear. */
export function sealPayload(key: DataKey, payload: Payload): Payload {
  return {
    metadata: {
      encoding: Buffer.from(ENCRYPTED),
      'encryption-cipher': Buffer.from(cipherName),
      'encryption-key-id': Buffer.from(key.id),
    },
    data: seal(key.secret, contextOf(key.id), PayloadMessage.encode(payload).finish()),
  };
}

/** The name of the key a payload is encrypted with; undefined when it is not encrypted by us. */
export function keyOfPayload({ metadata }: Payload): string | undefined {
  if (Buffer.from(metadata?.['encoding'] ?? []).toString() !== ENCRYPTED) return undefined;
  return Buffer.from(metadata?.['encryption-key-id'] ?? []).toString();
}

/** Decrypts a payload; one that is not encrypted is given back. Throws `KeyAway`, `KeyGone`, and an error when it was altered. */
export async function openPayload(keyring: Pick<PayloadKeys, 'byId'>, payload: Payload): Promise<Payload> {
  const id = keyOfPayload(payload);
  if (id === undefined) return payload;
  const { secret } = await keyring.byId(id);
  return PayloadMessage.decode(opened(secret, id, payload.data ?? new Uint8Array()));
}

function opened(secret: Uint8Array, id: string, data: Uint8Array): Uint8Array {
  try {
    return unseal(secret, contextOf(id), data);
  } catch {
    throw new Error(`A payload is not what was encrypted with the key ${id}: it was altered or damaged.`);
  }
}

const contextOf = (keyId: string): string => JSON.stringify(['linli payload 1', keyId]);

/** The marks by which a restored database is noticed say nothing of anybody, and have to be read just when its keys are missing. */
function staysClear(context: SerializationContext | undefined): boolean {
  return context?.workflowId?.startsWith(installationWorkflowId('')) === true;
}

function subjectOf(context: SerializationContext | undefined): Subject {
  return context?.workflowId === undefined ? undefined : subjectOfWorkflow(context.workflowId);
}

const pauseMs = 200;

async function patiently<T>(spanMs: number, attempt: () => Promise<T>): Promise<T> {
  const until = performance.now() + spanMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof KeyAway) || performance.now() + pauseMs > until) throw error;
      await sleep(pauseMs);
    }
  }
}
