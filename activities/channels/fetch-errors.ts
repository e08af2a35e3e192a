import { type ChannelReason, explainReason } from '../../door/channel-reasons.ts';

/** `reason` is a class of door/channel-reasons.ts, which has the words for it. */
class FetchError extends Error {
  readonly reason: ChannelReason;
  constructor(reason: ChannelReason) {
    super(explainReason(reason)[1]);
    this.reason = reason;
  }
}

/**
 * Raised where nothing was sent, or its answer is not taken, and trying again alone will not help: somebody must change
 * the address.
 */
export class FetchRefused extends FetchError {
  override readonly name = 'FetchRefused';
}

/** Raised where the other side did not answer (in time); it may do so later. */
export class FetchFailed extends FetchError {
  override readonly name = 'FetchFailed';
}

/** The failure of an attempt whose time is over, or that its caller has given up. */
export function outOfTime(signal: AbortSignal | undefined): FetchFailed {
  return new FetchFailed(signal?.aborted ? 'aborted' : 'timeout');
}

/** The failure for an error of the network; its message, which holds an address, is left behind. */
export function networkFailure(error: unknown): FetchFailed {
  const code = String((error as { code?: unknown }).code);
  if (/CERT|TLS|SSL|ALTNAME|SIGNATURE/.test(code)) return new FetchFailed('tls');
  if (/^(ENOTFOUND|ENODATA|EAI_)/.test(code)) return new FetchFailed('dns');
  if (code === 'ETIMEDOUT') return new FetchFailed('timeout');
  return new FetchFailed(code === 'ECONNREFUSED' ? 'connection-refused' : 'connection');
}
