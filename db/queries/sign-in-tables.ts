import {
  signInAccounts,
  signInPasskeys,
  signInSessions,
  signInTwoFactors,
  signInUsers,
  signInVerifications,
} from '../schema/sign-in.ts';

/** The tables of the library people sign in with, by its own names for them. Nobody else writes them through it. */
export const signInTables = {
  user: signInUsers,
  session: signInSessions,
  account: signInAccounts,
  verification: signInVerifications,
  twoFactor: signInTwoFactors,
  passkey: signInPasskeys,
};
