/** The object stored bytes spell as JSON; undefined where they spell none: somebody has edited them. */
export function objectIn<T extends object>(bytes: Uint8Array): T | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
