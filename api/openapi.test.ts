import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actKinds } from '../engine/acts/index.ts';
import { openApiFile, openApiText } from './openapi-file.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown>; summary?: string }>>;
  readonly components: { readonly schemas: Record<string, { oneOf?: { $ref: string }[] }> };
}

describe('the OpenAPI document', async () => {
  const text = await openApiText();
  const document = JSON.parse(text) as Document;

  it('is committed as it is served (npm run openapi writes it)', () => {
    expect(readFileSync(openApiFile, 'utf8')).toBe(text);
  });

  it('is OpenAPI 3.1, every operation summarised, every reference resolved', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const operations of Object.values(document.paths))
      for (const { summary } of Object.values(operations)) expect(summary).toBeTruthy();
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(document.components.schemas).toHaveProperty(name ?? '');
  });

  it('has one form for each type of act people may send', () => {
    const types = Object.values(actKinds).filter(({ internal }) => !internal);
    expect(document.components.schemas['ActRequest']?.oneOf).toHaveLength(types.length);
  });
});
