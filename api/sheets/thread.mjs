// Begins a thread that reads files. Node 20 runs no TypeScript, and a thread takes over nothing from whoever started it.
import { register } from 'tsx/esm/api';

register();
await import('./read-thread.ts');
