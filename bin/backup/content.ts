import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type FileKey, unseal } from '../seal.ts';

/** What the files of a backup hold, sealed or not. */
export interface BackupContent {
  /** The bytes of a file, opened and unpacked. An error is thrown where they are read: `SealProblem`, or one of the file. */
  bytes(file: string): Readable;
  /** The lines of a file of the database's COPY format, one row each. Throws where it ends in the middle of one. */
  lines(file: string): AsyncGenerator<string>;
}

/** Reads the files of a folder; `key`: what they are all sealed with, so that none in clear takes the place of one. */
export function contentOf(folder: string, key: FileKey | undefined): BackupContent {
  function bytes(file: string): Readable {
    const stored = createReadStream(join(folder, file));
    const packed = key ? Readable.from(unseal(stored, { key, file }), { objectMode: false }) : stored;
    // an error of the one before ends this stream, and is thrown where it is read
    return pipeline(packed, createGunzip(), () => {});
  }

  async function* lines(file: string): AsyncGenerator<string> {
    let rest = '';
    for await (const chunk of bytes(file).setEncoding('utf8')) {
      const found = (rest + String(chunk)).split('\n');
      rest = found.pop() ?? '';
      yield* found;
    }
    if (rest !== '') throw new Error(`${file} ends in the middle of a row`);
  }

  return { bytes, lines };
}

/** The bytes of a value of type bytea, as COPY writes it. */
export const bytesOf = (value: string): Buffer => Buffer.from(value.replace(/^\\\\x/, ''), 'hex');
