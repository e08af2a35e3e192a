import fule from '../../plugins/fule/program.ts';
import type { Program } from '../../sdk/program.ts';

/** 福乐 as it might stand beside a family for decades: the same plan, books and ladders, with a visit a month. */
export const longProgram: Program = {
  ...fule,
  id: 'fule-long',
  duties: fule.duties.map((duty) => (duty.duty === 'visit' ? { ...duty, every: '1 month', grace: '5 days' } : duty)),
};
