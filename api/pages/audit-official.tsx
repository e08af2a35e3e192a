import { type Language, pick } from '../language.ts';
import type { LevelReportView, OfficialReportView } from '../schemas/audit-officials.ts';
import { dueText, localTime, resultText, yuan } from '../timeline-text.ts';
import { AuditFrame, spanText } from './audit-parts.tsx';
import { aw, spanWords } from './audit-words.ts';
import type { Visitor } from './layout.tsx';
import { Fact } from './parts.tsx';

/** What an official did over a year. */
export function OfficialPage({
  language,
  visitor,
  report,
}: {
  language: Language;
  visitor: Visitor;
  report: OfficialReportView;
}) {
  const who = report.person ?? '';
  const { met, late, recordedLate, unread } = report.deadlines;
  const day = (at: string) => localTime(at).slice(0, 10);
  return (
    <AuditFrame
      {...{ language, visitor, path: `/audit/officials/${encodeURIComponent(who)}`, title: report.name }}
      lead={`${day(report.from)} – ${day(report.until)}`}
    >
      <p>
        <a href={`/audit?person=${encodeURIComponent(who)}`}>{aw('search', language)} →</a>
      </p>
      <dl class="facts card">
        <Fact
          term={aw('offices', language)}
          text={report.offices
            .map(
              ({ postName, how, from, until }) =>
                `${postName}${how === 'substitution' ? ` (${aw('deputy', language)})` : ''} ${day(from)}–${until === null ? '' : day(until)}`,
            )
            .join(language === 'zh' ? '；' : '; ')}
        />
        <Fact
          term={aw('cases', language)}
          text={report.cases.map(({ program, cases }) => `${program} ${cases}`).join(language === 'zh' ? '、' : ', ')}
        />
        <Fact
          term={aw('lateness', language)}
          text={
            language === 'zh'
              ? `办成 ${met} 项，其中逾期 ${late} 项，补录较晚 ${recordedLate} 项${unread > 0 ? `，${unread} 项无法读取、是否逾期不明` : ''}`
              : `${met} met, ${late} of them late, ${recordedLate} recorded late${unread > 0 ? `, ${unread} not readable: late or not is not known` : ''}`
          }
        />
        <Fact
          term={aw('reads', language)}
          text={report.reads
            .map(({ kind, reads, cases }) => `${kind} ${reads} (${cases})`)
            .join(language === 'zh' ? '、' : ', ')}
        />
        <Fact
          term={aw('money', language)}
          text={report.money
            .map(({ side, direction, entries, amountFen }) => {
              const what = side === 'cash' ? ['管钱', 'cash'] : ['管账', 'ledger'];
              const way = direction === 'in' ? ['收', 'in'] : ['支', 'out'];
              const n = language === 'zh' ? 0 : 1;
              return `${what[n]} ${way[n]} ${entries} · ${yuan(amountFen)}`;
            })
            .join(language === 'zh' ? '；' : '; ')}
        />
      </dl>
      <section class="card" aria-labelledby="acts">
        <h2 id="acts">{aw('acts', language)}</h2>
        <ul class="list found">
          {report.acts.map(({ type, recorded, refused, cases, decision }) => (
            <li>
              <a href={`/audit?person=${encodeURIComponent(who)}&act=${encodeURIComponent(type)}`}>
                <code>{type}</code>
              </a>{' '}
              {decision ? <span class="chip open">{aw('decision', language)}</span> : null} {recorded}
              {language === 'zh' ? ` 次，${cases} 件个案` : ` in ${cases} cases`}
              {refused > 0 ? (language === 'zh' ? `，另有 ${refused} 次被拒` : `, ${refused} refused`) : ''}
            </li>
          ))}
        </ul>
      </section>
      {report.accountability.length === 0 ? null : (
        <section class="card" aria-labelledby="accounts">
          <h2 id="accounts">{aw('accounts', language)}</h2>
          <ul class="list found">
            {report.accountability.map((each) => (
              <li>
                <p>
                  <a href={`/cases/${encodeURIComponent(each.case)}`}>{each.caseNo}</a> · {each.name}
                </p>
                <p class="hint">
                  {aw('due', language)} {dueText(each.dueAt)}
                  {each.result === null ? '' : ` · ${pick(resultText(each.result), language)}`}
                  {each.outcome === null ? '' : ` · ${each.outcome}`}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </AuditFrame>
  );
}

/** How long units took. */
export function LevelsPage({
  language,
  visitor,
  report,
}: {
  language: Language;
  visitor: Visitor;
  report: LevelReportView;
}) {
  return (
    <AuditFrame
      {...{ language, visitor, path: '/audit/levels', title: aw('levels', language), lead: aw('levelsLead', language) }}
    >
      {report.units.length === 0 ? <p class="card empty">{aw('none', language)}</p> : null}
      {Object.entries(spanWords).map(([what, name]) => {
        const rows = report.units.filter((each) => each.what === what);
        return rows.length === 0 ? null : (
          <section class="card" aria-labelledby={what}>
            <h2 id={what}>{pick(name, language)}</h2>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    {(['unit', 'count', 'median', 'max', 'open'] as const).map((key) => (
                      <th scope="col">{aw(key, language)}</th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((each) => (
                    <tr>
                      <th scope="row">{each.name}</th>
                      <td>{each.count}</td>
                      <td>{spanText(each.medianMs, language)}</td>
                      <td>{spanText(each.maxMs, language)}</td>
                      <td>{each.open}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        );
      })}
    </AuditFrame>
  );
}
