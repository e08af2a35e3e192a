import type { IConfiguration } from 'dependency-cruiser';

declare const configuration: IConfiguration;
export default configuration;

/** Rules that `import type` does not break. */
export const rulesOfValues: readonly string[];
