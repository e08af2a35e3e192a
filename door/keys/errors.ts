/**
 * A key cannot be had at present: the database does not answer, or the yearly key that wraps it is not on this machine. Nothing
 * is lost; whoever asks tries again.
 */
export class KeyAway extends Error {
  override readonly name = 'KeyAway';
}

/** {@link KeyAway} because the database gives none at present: true of every key alike. */
export class KeysAway extends KeyAway {}

/** A key was destroyed, or nobody knows it: what was encrypted with it can be read by nobody. */
export class KeyGone extends Error {
  override readonly name = 'KeyGone';
  /** Its row says that it was destroyed; else there is no row. */
  readonly destroyed: boolean;

  constructor(message: string, { destroyed = false }: { readonly destroyed?: boolean } = {}) {
    super(message);
    this.destroyed = destroyed;
  }
}

/** Whether this is `KeyGone`, or was caused by it: an SDK may wrap what a codec throws. */
export function isKeyGone(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof KeyGone) return true;
  return false;
}
