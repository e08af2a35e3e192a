import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import type { Door } from '../door/door.ts';
import type { ChannelCheck } from '../door/endpoint.ts';
import type { WitnessedRun } from '../door/verify-histories.ts';
import type { ProgramCatalogue } from '../plugins/index.ts';
import type { Instant } from '../sdk/time.ts';
import type { SignInDeps } from './auth/people.ts';
import type { RateLimitOptions } from './rate-limit.ts';
import type { SheetReader } from './sheets/reader.ts';
import type { StreamOptions } from './stream/hub.ts';

/** What the HTTP application is made of. */
export interface AppDeps {
  /** For reading, signing in and documents. */
  readonly sql: Sql;
  /**
   * Sees all cases, as `linli_read`: what the second wall would hide and is told to nobody as it is. It counts (figures, readiness), looks which
   * cases have changed for the streams, whose lists are then read as their listeners, looks up an emergency and the case it names, and reads the
   * dossier of a case found readable before. Everything else is asked of `sql`. Default: `sql`, where that sees all.
   */
  readonly house: Sql;
  /** The only writer of cases. */
  readonly door: Door;
  readonly programs: ProgramCatalogue;
  readonly log: Logger;
  /** Reads the files of lists apart from this thread. */
  readonly sheets: SheetReader;
  /** Verifies a case's chain and the tables against it; for auditors. */
  readonly verifyCase: (caseId: string) => Promise<CaseVerification>;
  /** Reads the histories of a case's workflow for its dossier. Absent: the dossier has none, and says so. */
  readonly caseHistories?: (caseId: string) => Promise<readonly WitnessedRun[]>;
  /** The time answers compare due dates with; decisions take the door's. Default: this process' clock. */
  readonly now?: () => Instant;
  /** Where people reach this installation, without a slash at the end; without it the address a request was sent to. */
  readonly publicUrl?: string;
  /** Aborted when the process is about to stop: streams then end, so that the server can. */
  readonly stopping?: AbortSignal;
  /** Spans and bounds of streams; for tests. */
  readonly streams?: StreamOptions;
  /** What the channels outside take. Absent: none is set up. */
  readonly channels?: ChannelCheck;
  /** Temporal's Web UI, and the namespace our workflows lie in, for links auditors follow. Absent: no address is known. */
  readonly temporalUi?: { readonly url: string; readonly namespace: string };
  /** Decrypts and encrypts what workflows hold, for Temporal's Web UI. Absent: there is no codec server. */
  readonly codec?: Codec;
  /** How often one key or session may ask. Absent: as often as it likes. */
  readonly requests?: RateLimitOptions;
  /** What people sign in with by name. Absent: by API key only. */
  readonly signIn?: SignInDeps;
  /** Whether Temporal and a worker can be reached, for `/readyz`. Absent: not asked. */
  readonly temporal?: () => Promise<{ readonly temporal: boolean; readonly worker: boolean }>;
  /** Whether the door of this process decides now, for `/readyz`. Absent: always. */
  readonly mayFire?: () => boolean;
}

/** A payload as codec servers are sent it: protobuf's JSON, in which bytes are base64. */
export interface PayloadJson {
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly data?: string | undefined;
}

/** What a codec server does, without HTTP; see activities/codec-service.ts. */
export interface Codec {
  decode(
    payloads: readonly PayloadJson[],
    mayRead: (caseId: string | undefined) => Promise<boolean>,
  ): Promise<PayloadJson[]>;
  encode(payloads: readonly PayloadJson[]): PayloadJson[];
}

/** The same as it is given: without a reader of sheets the application has one of its own, which ends its threads when they rest. */
export type AppOptions = Omit<AppDeps, 'sheets' | 'house'> & Partial<Pick<AppDeps, 'sheets' | 'house'>>;

/** What verifying a case found. */
export interface CaseVerification {
  readonly holds: boolean;
  /** How many events the chain has. */
  readonly events: number;
  readonly findings: readonly { readonly rule: string; readonly detail: string }[];
}
