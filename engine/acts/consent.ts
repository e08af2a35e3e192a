import type { ActKind } from '../act-kind.ts';
import { giveAct } from './consent-give.ts';
import { refuseAct } from './consent-refuse.ts';
import { withdrawAct } from './consent-withdraw.ts';

/** Consent: given, refused, withdrawn. */
export const consentActs: Readonly<Record<string, ActKind>> = {
  'consent.give': giveAct,
  'consent.refuse': refuseAct,
  'consent.withdraw': withdrawAct,
};
