import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import { sha256 } from '../../door/chain.ts';

/** Keeps a document of a case as an upload would, and gives its id. */
export async function keepDocument(
  sql: Sql,
  caseId: string,
  bytes = Buffer.from(`%PDF-1.4 ${caseId}`),
  kind: 'file' | 'photo' = 'file',
): Promise<string> {
  const id = randomUUID();
  await sql`
    INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
    VALUES (${id}, ${caseId}, ${sha256(bytes)}, ${bytes.length}, ${kind === 'file' ? 'application/pdf' : 'image/jpeg'}, ${kind}, 'p-caseworker', now())`;
  await sql`INSERT INTO document_contents (document_id, bytes) VALUES (${id}, ${bytes})`;
  return id;
}
