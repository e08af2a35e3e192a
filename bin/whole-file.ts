import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Puts a text in place of a file: all of it or none, on the disk, readable by its owner only. */
export function replaceFile(file: string, text: string): void {
  renameSync(draft(file, text), file);
  flushFolder(dirname(file));
}

/** Writes a file that is not there yet, in the same way. False when it is there by now: whoever wrote it was first. */
export function makeFile(file: string, text: string): boolean {
  const fresh = draft(file, text);
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  flushFolder(dirname(file));
  return true;
}

function draft(file: string, text: string): string {
  // no two processes may write one draft, also where each is number 1 in a container of its own
  const fresh = `${file}.${randomUUID()}`;
  const handle = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return fresh;
}

/** Waits until the names in a folder are on the disk: a power cut must not take a key that something was encrypted or signed with. */
export function flushFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be flushed there
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
