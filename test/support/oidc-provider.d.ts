/** The package has no types of its own; this is what the test of the single sign-on uses. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  export default class Provider {
    constructor(
      issuer: string,
      configuration: {
        readonly clients: readonly Record<string, unknown>[];
        readonly findAccount: (context: unknown, id: string) => object;
        readonly pkce: { readonly required: () => boolean };
      },
    );
    callback(): RequestListener;
  }
}
