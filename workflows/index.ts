// The entry of the workflow bundle: everything exported here is a workflow type. No plugin and no engine comes in here.
export { caseWorkflow } from './case.ts';
export { effectWorkflow } from './effect.ts';
export { installationWorkflow } from './installation.ts';
export { wheelWorkflow } from './wheel.ts';
