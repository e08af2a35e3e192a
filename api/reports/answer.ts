import type { Language } from '../language.ts';
import { tableTypes } from '../sheets/write.ts';
import { reportCsv } from './csv.ts';
import type { Heading, Report } from './model.ts';
import { reportPdf } from './pdf.ts';
import { reportXlsx } from './xlsx.ts';

/** The forms a report is written in beside JSON. */
export type FileFormat = 'csv' | 'xlsx' | 'pdf';

const types: Readonly<Record<FileFormat, string>> = { ...tableTypes, pdf: 'application/pdf' };

/** A report as a file. */
export async function reportFile(
  report: Report,
  heading: Heading,
  format: FileFormat,
  language: Language,
): Promise<Uint8Array> {
  if (format === 'pdf') return reportPdf(report, heading, language);
  if (format === 'xlsx') return reportXlsx(report, heading, language);
  return new TextEncoder().encode(reportCsv(report, language));
}

/** The headers a report's file is sent with. Nothing keeps it on its way: it is for one reader. */
export function fileHeaders(name: string, format: FileFormat): Record<string, string> {
  return {
    'Content-Type': types[format],
    'Content-Disposition': `${format === 'pdf' ? 'inline' : 'attachment'}; filename="${name}.${format}"`,
    'Cache-Control': 'private, no-store',
  };
}
