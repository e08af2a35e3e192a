import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { Keyring } from '../door/keys/keyring.ts';
import { payloadCodec, workerCodec } from './payload-codec.ts';

/** The module that has messages and stacks of failures encrypted too; for the workflows' bundle as well. */
export const FAILURE_CONVERTER = fileURLToPath(new URL('../workflows/failure-converter.cjs', import.meta.url));

/** How clients encode what goes to Temporal, and decode what comes from it. */
export const clientConverter = (keyring: Keyring): DataConverter => ({
  payloadCodecs: [payloadCodec(keyring)],
  failureConverterPath: FAILURE_CONVERTER,
});

/** The same for workers. */
export const workerConverter = (keyring: Keyring): DataConverter => ({
  payloadCodecs: [workerCodec(keyring)],
  failureConverterPath: FAILURE_CONVERTER,
});
