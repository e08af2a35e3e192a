import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actKinds } from '../engine/acts/index.ts';
import { openApiFile, openApiText } from './openapi-file.ts';

interface Operation {
  readonly responses: Record<string, unknown>;
  readonly summary?: string;
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: object;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
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

  it('says of whatever takes headers, a query or a body that it may be refused for them', () => {
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, { responses, parameters = [], requestBody }] of Object.entries(operations)) {
        const where = `${method} ${path}`;
        if (method !== 'get' && method !== 'delete')
          expect(Object.keys(responses), where).toEqual(expect.arrayContaining(['400', '413', '422']));
        if (requestBody || parameters.some((one) => one.in !== 'path')) expect(responses, where).toHaveProperty('422');
      }
  });

  it('takes null wherever a reference may be null', () => {
    const retention = document.components.schemas['CaseRetention'] as { properties?: Record<string, object> };
    const certificate = { $ref: '#/components/schemas/DestructionCertificate' };
    expect(retention.properties?.['destroyed']).toEqual({ anyOf: [certificate, { type: 'null' }] });
    expect(text).not.toMatch(/"type": \[\s+"object",\s+"null"\s+\]\s+\}\s+\]/);
  });

  it('has one form for each type of act people may send', () => {
    const types = Object.values(actKinds).filter(({ internal }) => !internal);
    expect(document.components.schemas['ActRequest']?.oneOf).toHaveLength(types.length);
  });
});
