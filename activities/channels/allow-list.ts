/** Hosts that may be reached though they are inside, and by plain http: an intranet's, or a test's. */
export interface AllowList {
  /** Whether this address (already parsed, so in one form only) was named. */
  has(url: URL): boolean;
  /** As it was written, in order. */
  readonly entries: readonly string[];
}

/** Raised for an entry that cannot be read; the message names it and shows the form. */
export class AllowListError extends Error {}

const defaultPort = (protocol: string) => (protocol === 'http:' ? '80' : '443');

/**
 * Reads a list `host[:port]`, separated by commas: `notify.intranet:8443, 10.2.3.4, [fd00::7]:8080`.
 * Without a port every port of the host is meant. Throws {@link AllowListError}.
 */
export function parseAllowList(text: string): AllowList {
  const entries = text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  const hosts = new Set(entries.map(normalized));
  return {
    entries,
    has: ({ protocol, hostname, port }) =>
      hosts.has(hostname) || hosts.has(`${hostname}:${port || defaultPort(protocol)}`),
  };
}

function normalized(entry: string): string {
  const problem = new AllowListError(
    `"${entry}" is not a host or host:port, such as notify.intranet:8443, 10.2.3.4 or [fd00::7]:8080`,
  );
  const { hostname, port } =
    /^(?<hostname>\[[^\]]+\]|[^\s:/@[\]?#\\]+)(?::(?<port>\d{1,5}))?$/.exec(entry)?.groups ?? {};
  if (hostname === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) throw problem;
  if (!URL.canParse(`http://${hostname}/`)) throw problem;
  const form = new URL(`http://${hostname}/`).hostname;
  return port === undefined ? form : `${form}:${Number(port)}`;
}
