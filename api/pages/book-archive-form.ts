import type { BookForm } from './book-form.ts';
import { w } from './book-form-words.ts';

/** Takes closed months over into the archive; offered while a closed month is not there. */
export const archiveForm: BookForm = {
  ...{ act: 'books.archive', title: ['会计档案归档', 'Take into the archive'], button: ['归档', 'Take over'] },
  ...{ grave: true, previews: true },
  offered: ({ book: { closings } }) =>
    closings?.month !== undefined && (closings.archived ?? '') < closings.month.period,
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: ({ book: { closings } }) => [
    {
      ...{ name: 'month', kind: 'text', path: 'data.month', label: w.month },
      hint: [
        '已结账的月份，此前尚未归档的一并接收',
        'A closed month; what was closed before and is not there yet is taken over with it',
      ],
      ...{ required: true, initial: closings?.month?.period ?? '', max: 7 },
    },
    {
      ...{ name: 'place', kind: 'text', path: 'data.place', max: 200 },
      label: ['存放地点', 'Where the papers lie'],
      hint: ['柜号、盒号', 'Cabinet and box'],
    },
  ],
};
