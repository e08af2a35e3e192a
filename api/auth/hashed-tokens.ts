import type { DBAdapter, Where } from 'better-auth/types';
import { hashOf } from './tokens.ts';

type Factory = (options: never) => DBAdapter;
type Row = Record<string, unknown>;

/**
 * The library's adapter with one difference: of a session's token the table holds the SHA-256 only, as it does of API keys.
 * Whoever reads the database can then sign in as nobody.
 */
export function withHashedTokens<F extends (options: never) => object>(factory: F): F {
  return ((options: never) => wrapped((factory as unknown as Factory)(options))) as unknown as F;
}

function wrapped(inner: DBAdapter): DBAdapter {
  const outer: DBAdapter = {
    ...inner,
    async create<T extends Row, R = T>(call: Parameters<typeof inner.create<T, R>>[0]): Promise<R> {
      if (call.model !== 'session') return inner.create<T, R>(call);
      const data: Row = call.data;
      const made = await inner.create<T, R>({ ...call, data: hashed(data) as typeof call.data });
      return { ...made, token: data['token'] };
    },
    async findOne(call) {
      if (call.model !== 'session') return inner.findOne(call);
      return clear(await inner.findOne({ ...call, where: hidden(call.where) }), call.where);
    },
    findMany: (call) => inner.findMany(told(call)),
    count: (call) => inner.count(told(call)),
    async update(call) {
      if (call.model !== 'session') return inner.update(call);
      const update = hashed(call.update as Row);
      return clear(await inner.update({ ...call, where: hidden(call.where), update }), call.where);
    },
    updateMany: (call) => inner.updateMany(told(call)),
    delete: (call) => inner.delete(told(call)),
    deleteMany: (call) => inner.deleteMany(told(call)),
    consumeOne: (call) => inner.consumeOne(told(call)),
    incrementOne: (call) => inner.incrementOne(told(call)),
    // the library works on what it is given here
    transaction: (work) => work(outer),
  };
  return outer;
}

/** A call about sessions with the hash in place of the token. */
function told<C extends { readonly model: string; where?: Where[] | undefined }>(call: C): C {
  return call.model === 'session' && call.where ? { ...call, where: hidden(call.where) } : call;
}

const hidden = (where: Where[]): Where[] =>
  where.map((each) => (each.field === 'token' ? { ...each, value: hashedValue(each.value) } : each));

function hashedValue(value: Where['value']): Where['value'] {
  if (typeof value === 'string') return hashOf(value);
  return Array.isArray(value) ? (value as string[]).map((each) => hashOf(String(each))) : value;
}

function hashed(row: Row): Row {
  return typeof row['token'] === 'string' ? { ...row, token: hashOf(row['token']) } : row;
}

/** A row that was found by its token, with that token. */
function clear<T>(row: T, where: Where[]): T {
  const token = where.find(({ field }) => field === 'token')?.value;
  return row && typeof token === 'string' ? { ...row, token } : row;
}
