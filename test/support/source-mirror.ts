import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { parseSync } from '@swc/core';
import { makeTestFolder } from './folders.ts';

/** An import or re-export of a file, as far as directions are concerned. */
export interface ImportLine {
  readonly source: string;
  readonly typeOnly: boolean;
}

/**
 * Copies source folders for a look at their imports, so that a test can plant files without touching the real ones.
 * Of `.tsx` files only the imports are kept: dependency-cruiser does not let swc read JSX.
 */
export function mirrorSources(root: string, folders: readonly string[]): string {
  const mirror = makeTestFolder('sources');
  symlinkSync(join(root, 'node_modules'), join(mirror, 'node_modules'));
  for (const folder of folders) {
    if (!existsSync(join(root, folder))) continue;
    cpSync(join(root, folder), join(mirror, folder), {
      recursive: true,
      filter: (from, to) => {
        if (extname(from) !== '.tsx') return extname(from) === '' || /\.(ts|mts|mjs)$/.test(from);
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, importsOf(readFileSync(from, 'utf8'), true).map(inText).join('\n'));
        return false;
      },
    });
  }
  return mirror;
}

/** What a source text imports and re-exports. */
export function importsOf(text: string, tsx: boolean): ImportLine[] {
  return parseSync(text, { syntax: 'typescript', tsx }).body.flatMap((node) => {
    if (node.type === 'ImportDeclaration') return [{ source: node.source.value, typeOnly: node.typeOnly }];
    if (node.type !== 'ExportNamedDeclaration' && node.type !== 'ExportAllDeclaration') return [];
    return node.source ? [{ source: node.source.value, typeOnly: 'typeOnly' in node && node.typeOnly === true }] : [];
  });
}

function inText({ source, typeOnly }: ImportLine): string {
  return typeOnly ? `import type {} from '${source}';` : `import '${source}';`;
}
