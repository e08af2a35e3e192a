/** A picture of one grey point: stands for a photograph. The text makes each one a document of its own. */
export function photo(text: string): Uint8Array {
  const gif = Buffer.from('R0lGODlhAQABAIAAAICAgAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
  // anything after the trailer of a GIF is passed over by those who show it
  return Buffer.concat([gif, Buffer.from(`\n${text}\n`)]);
}

/** A sheet of plain text: stands for a scan. */
export function sheet(text: string): Uint8Array {
  return Buffer.from(`${text}\n`);
}
