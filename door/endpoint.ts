import type { Text } from '../sdk/program.ts';
import type { TimeOfDay } from '../sdk/time.ts';

/** The ways outside on which messages reach people. */
export const CHANNELS = ['email', 'sms', 'webhook', 'wecom', 'dingtalk', 'feishu'] as const;

/** One of {@link CHANNELS}. */
export type ChannelName = (typeof CHANNELS)[number];

/** Where and how an endpoint is reached (an address, a URL, a secret), as its channel has checked it. Never leaves by HTTP again. */
export type ChannelSettings = Readonly<Record<string, string>>;

/** What is wrong with settings: where (`url`), and what in both languages. */
export interface Problem {
  readonly path: string;
  readonly message: Text;
}

/** Local times between which an endpoint is left in peace, `to` excluded; `from` after `to` spans midnight. */
export interface QuietHours {
  readonly from: TimeOfDay;
  readonly to: TimeOfDay;
}

/** How messages are gathered for an endpoint. */
export type Digest = 'atOnce' | 'hourly' | { readonly dailyAt: TimeOfDay };

/** When nothing else is wished. */
export const QUIET_HOURS: QuietHours = { from: '21:00', to: '07:30' };

/** What the channels of this installation take. */
export interface ChannelCheck {
  /** Those that are set up. */
  readonly available: readonly ChannelName[];
  /** Makes settings of what somebody entered, or says what is wrong with it. */
  check(channel: ChannelName, settings: unknown): ChannelSettings | Problem[];
}

/** What of an address may be shown again, so that its owner knows which it is: `z•••@example.cn`, `138••••0000`, the host of a URL. */
export function hintOf(channel: ChannelName, { address = '', phone = '', url = '' }: ChannelSettings): string {
  if (channel === 'email') return address.replace(/^(.).*@/u, '$1•••@');
  if (channel === 'sms') return `${phone.slice(0, 3)}••••${phone.slice(-4)}`;
  return URL.canParse(url) ? new URL(url).host : '';
}
