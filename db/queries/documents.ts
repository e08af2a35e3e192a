import type { Sql } from '../client.ts';

/** An uploaded document, without its bytes. */
export interface DocumentRow {
  readonly id: string;
  readonly caseId: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
  readonly kind: 'photo' | 'file';
  readonly uploadedBy: string;
  readonly uploadedAt: string;
}

/**
 * Stores a document with its bytes in one transaction. Under an id that is taken already nothing is stored and the row
 * that is there comes back: the caller compares hash and case.
 */
export async function storeDocument(
  sql: Sql,
  document: Omit<DocumentRow, 'uploadedAt'> & { readonly bytes: Uint8Array },
): Promise<{ readonly row: DocumentRow; readonly stored: boolean }> {
  return sql.begin(async (tx) => {
    const added = await tx`
      INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
      VALUES (${document.id}, ${document.caseId}, ${document.sha256}, ${document.sizeBytes}, ${document.mediaType},
        ${document.kind}, ${document.uploadedBy}, now()) ON CONFLICT (id) DO NOTHING RETURNING id`;
    if (added.length > 0)
      await tx`INSERT INTO document_contents (document_id, bytes) VALUES (${document.id}, ${Buffer.from(document.bytes)})`;
    const [row] = await tx<DocumentRow[]>`
      SELECT id, case_id AS "caseId", sha256, size_bytes AS "sizeBytes", media_type AS "mediaType", kind,
        uploaded_by AS "uploadedBy", uploaded_at AS "uploadedAt" FROM documents WHERE id = ${document.id}`;
    if (!row) throw new Error('a document vanished while it was stored');
    return { row, stored: added.length > 0 };
  }) as Promise<{ row: DocumentRow; stored: boolean }>;
}

/** A document of a case with its bytes. */
export async function documentOf(
  sql: Sql,
  caseId: string,
  documentId: string,
): Promise<(DocumentRow & { readonly bytes: Uint8Array }) | undefined> {
  const [row] = await sql<(DocumentRow & { bytes: Uint8Array })[]>`
    SELECT d.id, d.case_id AS "caseId", d.sha256, d.size_bytes AS "sizeBytes", d.media_type AS "mediaType", d.kind,
      d.uploaded_by AS "uploadedBy", d.uploaded_at AS "uploadedAt", b.bytes
    FROM documents d JOIN document_contents b ON b.document_id = d.id WHERE d.id = ${documentId} AND d.case_id = ${caseId}`;
  return row;
}

/** The documents of a case, without bytes, in the order they came. */
export async function documentRows(sql: Sql, caseId: string): Promise<DocumentRow[]> {
  return sql<DocumentRow[]>`
    SELECT id, case_id AS "caseId", sha256, size_bytes AS "sizeBytes", media_type AS "mediaType", kind,
      uploaded_by AS "uploadedBy", uploaded_at AS "uploadedAt"
    FROM documents WHERE case_id = ${caseId} ORDER BY uploaded_at, id LIMIT 1000`;
}
