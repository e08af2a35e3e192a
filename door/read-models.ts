/** Names of the read models that are rebuilt from events and compared. */
export const modelNames = [
  'parties',
  'assignments',
  'items',
  'deadlines',
  'rungs',
  'messages',
  'accountability',
  'transfers',
  'disclosures',
  'keepers',
  'effects',
] as const;
/** The name of a read model. */
export type ModelName = (typeof modelNames)[number];

/** A row as the driver gives it. */
export type TableRow = Readonly<Record<string, unknown>>;
