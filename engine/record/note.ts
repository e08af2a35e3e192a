import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** A key that checks signatures of notes, as c2sp.org/signed-note has it: Ed25519 alone. */
export interface NoteVerifier {
  readonly name: string;
  /** First four bytes of the hash of name, kind and key, in hexadecimal digits. It names the key, it proves nothing. */
  readonly id: string;
  /** The 32 bytes of the key. */
  readonly publicKey: Uint8Array;
}

/** A key that signs notes. */
export interface NoteSigner extends NoteVerifier {
  sign(text: string): Uint8Array;
}

/** Raised for a note or key that cannot be read, or that no known key has signed; says which. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
}

const ED25519 = 1;
const mostSignatures = 100;
const longestNote = 64 * 1024;
const signatureLine = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** A verifier of that name and key. Throws `NoteError` for a name that no signature line can carry. */
export function noteVerifier(name: string, publicKey: Uint8Array): NoteVerifier {
  if (!/^[^\s+]+$/u.test(name)) throw new NoteError(`«${name}» is no name for a key: it has spaces or a plus.`);
  if (publicKey.length !== 32) throw new NoteError('An Ed25519 key has 32 bytes.');
  const id = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(ED25519)).update(publicKey).digest('hex');
  return { name, id: id.slice(0, 8), publicKey };
}

/** A verifier as one line of text, `name+id+key`, which other programs for signed notes read too. */
export function verifierText({ name, id, publicKey }: NoteVerifier): string {
  return `${name}+${id}+${Buffer.from([ED25519, ...publicKey]).toString('base64')}`;
}

/** Reads what `verifierText` writes. Throws `NoteError`. */
export function parseVerifier(text: string): NoteVerifier {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (name === undefined || bytes.length !== 33 || bytes[0] !== ED25519 || bytes.toString('base64') !== encoded)
    throw new NoteError('This is no key for signed notes: it should read name+id+key, for Ed25519.');
  const verifier = noteVerifier(name, bytes.subarray(1));
  if (verifier.id !== id) throw new NoteError('The key does not have the id it is said to have.');
  return verifier;
}

/** A signer of that name over an Ed25519 private key. Throws `NoteError` for a key of another kind. */
export function noteSigner(name: string, key: KeyObject): NoteSigner {
  if (key.type !== 'private' || key.asymmetricKeyType !== 'ed25519') throw new NoteError('The key is none of Ed25519.');
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return {
    ...noteVerifier(name, Buffer.from(x ?? '', 'base64url')),
    sign: (text) => sign(null, Buffer.from(text), key),
  };
}

/** A private key from its 32 bytes. */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex'); // PKCS #8 of Ed25519 (RFC 8410)
  return createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
}

/** Signs a text that ends with a line feed. Throws `NoteError` for a text that cannot be a note. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text))
    throw new NoteError('The text of a note ends with a line feed and holds no control characters.');
  const lines = signers.map((signer) => {
    const signature = Buffer.concat([Buffer.from(signer.id, 'hex'), signer.sign(text)]).toString('base64');
    return `— ${signer.name} ${signature}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** A note whose signatures were checked. */
export interface OpenedNote {
  readonly text: string;
  /** The known keys that have signed it. */
  readonly by: readonly NoteVerifier[];
}

/** Checks a note: every signature of a known key holds, and there is at least one. Unknown ones are passed over. Throws `NoteError`. */
export function openNote(note: string, known: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = parseNote(note);
  const by: NoteVerifier[] = [];
  for (const { name, id, signature } of signatures) {
    const key = known.find((each) => each.name === name && each.id === id);
    if (!key || by.includes(key)) continue;
    if (!isSignedBy(text, signature, key)) throw new NoteError(`The signature of ${name} (${id}) is wrong.`);
    by.push(key);
  }
  if (by.length === 0) throw new NoteError('No known key has signed this note.');
  return { text, by };
}

interface Signature {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

/** Takes a note apart without believing any of it. Throws `NoteError` for what is no note. */
export function parseNote(note: string): { readonly text: string; readonly signatures: readonly Signature[] } {
  const end = note.lastIndexOf('\n\n');
  if (note.length > longestNote || end < 0 || !note.endsWith('\n') || !isNoteText(note.slice(0, end + 1)))
    throw new NoteError('This is no signed note.');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > mostSignatures) throw new NoteError('The note has too many signatures.');
  const signatures = lines.map((line) => {
    const [, name, encoded] = signatureLine.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (name === undefined || bytes.length < 5) throw new NoteError('A signature of the note cannot be read.');
    return { name, id: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

// U+FFFD stands where bytes were no UTF-8
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const isNoteText = (text: string): boolean => text.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f\ufffd]/.test(text);

function isSignedBy(text: string, signature: Uint8Array, { publicKey }: NoteVerifier): boolean {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return signature.length === 64 && verify(null, Buffer.from(text), key, signature);
}
