import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All of IPv6 that is handed out on the Internet (RFC 4291); NAT64, mapped, compatible and site-local addresses lie outside. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Looks public, and answers every machine of one cloud with that machine's own secrets (Azure's host). */
const cloudHosts = new Set(['168.63.129.16']);

/**
 * Whether an IP address in its usual form lies on the public Internet: not this machine, its network, its provider's
 * network, a cloud's metadata service, many machines at once, or an IPv4 address wrapped in an IPv6 one.
 * Source: IANA's registries of special-purpose addresses, through ipaddr.js.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return ipaddr.IPv4.parse(address).range() === 'unicast' && !cloudHosts.has(address);
    case 6: {
      const parsed = ipaddr.IPv6.parse(address);
      return parsed.zoneId === undefined && parsed.range() === 'unicast' && parsed.match(globalUnicast);
    }
    default:
      return false;
  }
}
