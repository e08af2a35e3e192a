import { CHANNELS, type ChannelCheck } from '../../door/endpoint.ts';
import type { Senders } from '../channel-sender.ts';
import { dingtalkSender } from './dingtalk.ts';
import { type EmailDeps, emailSender } from './email.ts';
import { feishuSender } from './feishu.ts';
import type { SenderDeps } from './sender-deps.ts';
import { smsSender } from './sms.ts';
import type { SmsGateway } from './sms-gateway.ts';
import { webhookSender } from './webhook.ts';
import { wecomSender } from './wecom.ts';

/** What the channels of an installation need: the way out for all, and what e-mail and SMS are configured with. */
export interface ChannelsDeps extends SenderDeps {
  readonly email?: EmailDeps | undefined;
  readonly sms?: SmsGateway | undefined;
}

/** What the channels there are take, for whoever adds an endpoint. */
export function channelCheck(senders: Senders): ChannelCheck {
  return {
    available: CHANNELS.filter((channel) => senders[channel] !== undefined),
    check: (channel, settings) =>
      senders[channel]?.check(settings) ?? [
        { path: '', message: ['没有配置这种渠道。', 'This channel is not set up.'] },
      ],
  };
}

/** The senders there are; e-mail and SMS only where they are configured. */
export function createSenders({ email, sms, ...deps }: ChannelsDeps): Senders {
  return {
    webhook: webhookSender(deps),
    wecom: wecomSender(deps),
    dingtalk: dingtalkSender(deps),
    feishu: feishuSender(deps),
    ...(email ? { email: emailSender(email) } : {}),
    ...(sms ? { sms: smsSender({ ...deps, gateway: sms }) } : {}),
  };
}
