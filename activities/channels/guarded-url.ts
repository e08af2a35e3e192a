import { isIP } from 'node:net';
import type { ChannelReason } from '../../door/channel-reasons.ts';
import type { AllowList } from './allow-list.ts';
import { isPublicAddress } from './public-address.ts';

/** Names that by agreement never leave the machine or the local network (RFC 6761, 6762, 8375; `internal` by ICANN). */
const insideNames = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|home\.arpa|onion)$/;

/**
 * Parses an address that somebody typed in, or says what is wrong with it, as far as that can be told without looking up
 * its name. A host on the allow-list may be inside and use plain http.
 */
export function parseGuarded(text: string, allow: AllowList): URL | ChannelReason {
  if (text.length > 2000) return 'address-too-long';
  if (!URL.canParse(text)) return 'address-invalid';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'address-not-https';
  if (url.username !== '' || url.password !== '') return 'address-credentials';
  if (allow.has(url)) return url;
  const host = bareHost(url);
  if (isIP(host)) {
    if (!isPublicAddress(host)) return 'address-inside';
    // 134744072, 0x8.8.8.8 and 8.8.2056 are all 8.8.8.8: who writes so wants to get past a filter
    if (isIP(host) === 4 && typedHost(text) !== host) return 'address-unusual';
  } else if (insideNames.test(host.replace(/\.+$/, '')) || !host.includes('.')) return 'address-inside';
  else if (/(^|\.)(\.|$)/.test(host)) return 'address-invalid';
  return url.protocol === 'https:' ? url : 'address-not-https';
}

const typedHost = (text: string) => /^\s*https?:\/\/([^/?#:\\]*)/i.exec(text)?.[1];

/** The host without the brackets of an IPv6 address. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
