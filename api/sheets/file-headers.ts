import { type TableFormat, tableTypes } from './write.ts';

/** The forms answers are written in as files. */
export type FileFormat = TableFormat | 'pdf';

const types: Readonly<Record<FileFormat, string>> = { ...tableTypes, pdf: 'application/pdf' };

/** The headers a file is sent with: a PDF to be looked at, others to be saved. Nothing keeps it on its way: it is for one reader. */
export function fileHeaders(name: string, format: FileFormat): Record<string, string> {
  return {
    'Content-Type': types[format],
    'Content-Disposition': `${format === 'pdf' ? 'inline' : 'attachment'}; filename="${name}.${format}"`,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'private, no-store',
    // a browser shows a PDF by parts of its own, which a policy that lets nothing in would keep out
    ...(format === 'pdf' ? { 'Content-Security-Policy': "base-uri 'none'; frame-ancestors 'none'" } : {}),
  };
}
