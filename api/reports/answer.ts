import type { Language } from '../language.ts';
import type { FileFormat } from '../sheets/file-headers.ts';
import { reportCsv } from './csv.ts';
import type { Heading, Report } from './model.ts';
import { reportPdf } from './pdf.ts';
import { reportXlsx } from './xlsx.ts';

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
