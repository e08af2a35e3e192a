import type { Language } from '../language.ts';
import type { CaseView } from '../schemas/case.ts';
import type { Visitor } from './layout.tsx';

/** What somebody can say on his page. */
export type Saying =
  | 'agree'
  | 'refuse'
  | 'withdraw'
  | 'complain'
  | 'emergency'
  | 'appeal'
  | 'takeBack'
  | 'answer'
  | 'settle';

/** What a refusal said, for the reader. */
export interface Refused {
  readonly detail: string;
  readonly waysOut: readonly string[];
}

/** What every page of a voice is shown with. */
export interface Shown {
  readonly language: Language;
  readonly visitor: Visitor;
  readonly view: CaseView;
}

/** The page of whoever a case is for. */
export const pathOf = (view: CaseView) => `/cases/${encodeURIComponent(view.id)}/voice`;
