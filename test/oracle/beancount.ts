import { fileURLToPath } from 'node:url';
import { type Python, preparePython, runPython } from './oracle.ts';

/** What beancount says of a file. */
export interface Reading {
  /** Everything it objects to: syntax, unbalanced transactions, assertions that do not hold. */
  readonly errors: readonly string[];
  readonly transactions: number;
  readonly assertions: number;
  /** The balance of each account by itself, in fen, debit positive; an account that stands at nothing is left out. */
  readonly balances: Readonly<Record<string, number>>;
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Finds Python and installs beancount (pinned) into the user's cache folder, once. Throws where there is no Python or no pip. */
export function prepareBeancount(commands?: readonly string[]): Python {
  return preparePython(commands, file('beancount-requirements.txt'));
}

/** Has the real beancount read a file. */
export function readBeancount(python: Python, text: string): Reading {
  return JSON.parse(runPython(python, [file('read_accounts.py')], text)) as Reading;
}
