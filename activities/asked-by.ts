import { Context } from '@temporalio/activity';

/**
 * Whether the activity under way was asked for by the workflow of this id. Whoever reaches Temporal's API can ask for any
 * activity, by a workflow of his own or without one; what is a case's or an effect's own is told to its workflow alone.
 */
export const isAskedBy = (workflowId: string): boolean =>
  Context.current().info.workflowExecution?.workflowId === workflowId;
