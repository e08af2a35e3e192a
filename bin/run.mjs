// Runs Linli from its TypeScript sources, in this very process: `node bin/run.mjs start`.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
