/** How acts that wait for one case are sent through the door together. */
export interface FoldOptions<Request, Outcome> {
  /** One call of the door: a transaction, a savepoint for each act, outcomes in the same order. */
  readonly send: (caseId: string, requests: readonly Request[]) => Promise<readonly Outcome[]>;
  /** Which side of the books an act writes, or that it closes them: those never share a transaction (books.md, 2). */
  readonly sideOf: (request: Request) => string | undefined;
  /** At most so many acts in one transaction. */
  readonly most?: number;
}

interface Waiting<Request, Outcome> {
  readonly request: Request;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Folds acts: while a call of the door for a case is under way, further acts for the same case gather here and go
 * together in the next call, in the order they came. A case nobody else acts on pays nothing: its act goes at once.
 * The case's row lock would make them wait one by one; folded, they share one transaction and one commit.
 */
export function createFold<Request, Outcome>({ send, sideOf, most = 50 }: FoldOptions<Request, Outcome>) {
  const queues = new Map<string, Waiting<Request, Outcome>[]>();

  async function drain(caseId: string, queue: Waiting<Request, Outcome>[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, batchLength(queue));
      try {
        const outcomes = await send(
          caseId,
          batch.map(({ request }) => request),
        );
        for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i] as Outcome);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(caseId);
  }

  /** How many of the waiting acts may share a transaction: all up to the first that would mix the sides of the books. */
  function batchLength(queue: readonly Waiting<Request, Outcome>[]): number {
    let side: string | undefined;
    for (const [i, { request }] of queue.entries()) {
      const own = sideOf(request);
      if (i >= most || (side && own && own !== side)) return i;
      side ??= own;
    }
    return queue.length;
  }

  return {
    /** Puts an act before its case. Rejects as the door's call rejects; a refusal is an outcome. */
    act(caseId: string, request: Request): Promise<Outcome> {
      return new Promise((resolve, reject) => {
        const waiting = { request, resolve, reject };
        const queue = queues.get(caseId);
        if (queue) {
          queue.push(waiting);
          return;
        }
        const fresh = [waiting];
        queues.set(caseId, fresh);
        void drain(caseId, fresh);
      });
    },
  };
}
