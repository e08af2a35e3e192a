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
 * Stores a document with its bytes in one statement. Under an id that is taken already nothing is stored and the row
 * that is there comes back: the caller compares. `sentMark`: what {@link documentSent} finds it by.
 */
export async function storeDocument(
  sql: Sql,
  document: Omit<DocumentRow, 'uploadedAt'> & { readonly bytes: Uint8Array; readonly sentMark?: string },
): Promise<{ readonly row: DocumentRow; readonly stored: boolean }> {
  const [added] = await sql<DocumentRow[]>`
    WITH added AS (
      INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at, sent_mark)
      VALUES (${document.id}, ${document.caseId}, ${document.sha256}, ${document.sizeBytes}, ${document.mediaType},
        ${document.kind}, ${document.uploadedBy}, now(), ${document.sentMark ?? null})
      ON CONFLICT (id) DO NOTHING RETURNING *
    ), contents AS (
      INSERT INTO document_contents (document_id, bytes) SELECT id, ${Buffer.from(document.bytes)} FROM added
    )
    SELECT ${columns(sql)} FROM added d`;
  if (added) return { row: added, stored: true };
  const [there] = await sql<DocumentRow[]>`SELECT ${columns(sql)} FROM documents d WHERE d.id = ${document.id}`;
  if (!there) throw new Error('a document was neither stored nor there');
  return { row: there, stored: false };
}

/** The document that was made under an id of a file with this mark. */
export async function documentSent(sql: Sql, id: string, sentMark: string): Promise<DocumentRow | undefined> {
  const [row] = await sql<
    DocumentRow[]
  >`SELECT ${columns(sql)} FROM documents d WHERE d.id = ${id} AND d.sent_mark = ${sentMark}`;
  return row;
}

function columns(sql: Sql) {
  return sql`d.id, d.case_id AS "caseId", d.sha256, d.size_bytes AS "sizeBytes", d.media_type AS "mediaType", d.kind,
    d.uploaded_by AS "uploadedBy", d.uploaded_at AS "uploadedAt"`;
}

/** A document without its bytes, of whatever case. */
export async function documentNamed(sql: Sql, id: string): Promise<DocumentRow | undefined> {
  const [row] = await sql<DocumentRow[]>`SELECT ${columns(sql)} FROM documents d WHERE d.id = ${id}`;
  return row;
}

/** A document of a case with its bytes. */
export async function documentOf(
  sql: Sql,
  caseId: string,
  documentId: string,
): Promise<(DocumentRow & { readonly bytes: Uint8Array }) | undefined> {
  const [row] = await sql<(DocumentRow & { bytes: Uint8Array })[]>`
    SELECT ${columns(sql)}, b.bytes
    FROM documents d JOIN document_contents b ON b.document_id = d.id WHERE d.id = ${documentId} AND d.case_id = ${caseId}`;
  return row;
}
