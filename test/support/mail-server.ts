import { once } from 'node:events';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it arrived. */
export interface Mail {
  readonly to: readonly string[];
  readonly email: Email;
  readonly raw: string;
}

/** A real SMTP server on loopback that keeps what it takes. */
export interface MailServer {
  readonly port: number;
  readonly mails: readonly Mail[];
  /** Mails to an address. */
  to(address: string): readonly Mail[];
  close(): Promise<void>;
}

/** How the server answers a recipient: an SMTP code with its words, for ever silent, or (undefined) it takes the mail. */
export type Answer = (address: string) => { readonly code: number; readonly words: string } | 'silent' | undefined;

/** Starts a mail server; `options` are the library's. On a port of 0 a free one is taken. */
export async function startMailServer({
  port = 0,
  answer = () => undefined,
  atData = () => undefined,
  options = {},
}: {
  readonly port?: number;
  readonly answer?: Answer;
  readonly atData?: Answer;
  readonly options?: SMTPServerOptions;
} = {}): Promise<MailServer> {
  const mails: Mail[] = [];
  const reply = (given: ReturnType<Answer>, done: (error?: Error | null) => void) => {
    if (given === 'silent') return;
    done(given && Object.assign(new Error(given.words), { responseCode: given.code }));
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _, done) => reply(answer(address), done),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const said = atData(to[0] ?? '');
        if (!said) mails.push({ to, email: await PostalMime.parse(raw), raw: raw.toString('utf8') });
        reply(said, done);
      });
    },
    ...options,
  });
  server.on('error', () => {}); // clients that hang up
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const { port: found } = server.server.address() as { port: number };
  return {
    port: found,
    mails,
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
