import type { YearRecord } from './calendar-record.ts';
import year2019 from './calendars/2019.json' with { type: 'json' };
import year2020 from './calendars/2020.json' with { type: 'json' };
import year2021 from './calendars/2021.json' with { type: 'json' };
import year2022 from './calendars/2022.json' with { type: 'json' };
import year2023 from './calendars/2023.json' with { type: 'json' };
import year2024 from './calendars/2024.json' with { type: 'json' };
import year2025 from './calendars/2025.json' with { type: 'json' };
import year2026 from './calendars/2026.json' with { type: 'json' };
import { calendarOf } from './official-calendar.ts';

/** The arrangements of the State Council that come with this release, written from its notices with every amendment. */
export const productRecords: readonly YearRecord[] = [
  year2019,
  year2020,
  year2021,
  year2022,
  year2023,
  year2024,
  year2025,
  year2026,
];

/** The calendar of {@link productRecords}: for what runs without a database. */
export const productCalendar = calendarOf([{ records: productRecords }]);
