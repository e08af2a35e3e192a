import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import type { BulletinView } from '../schemas/audit-samples.ts';
import { localTime } from '../timeline-text.ts';
import { AuditFrame, FindingText } from './audit-parts.tsx';
import { aw } from './audit-words.ts';
import type { Visitor } from './layout.tsx';

/** A bulletin (通报), as it is posted or printed: no names of those whom the help is for. */
export function BulletinPage({
  language,
  visitor,
  bulletin,
  path,
  children,
}: {
  language: Language;
  visitor: Visitor;
  bulletin: BulletinView;
  path: string;
  /** Whether it is published, and what can be done about that. */
  children: Child;
}) {
  const { numbers, month, unitName, units, withoutInspection, findings } = bulletin;
  const figures = ['drawn', 'inspected', 'findings', 'accepted', 'overdue'] as const;
  return (
    <AuditFrame
      {...{ language, visitor, path }}
      title={`${aw('bulletin', language)} · ${unitName}${month === null ? '' : ` · ${month}`}`}
      lead={`${aw('asOf', language)} ${localTime(bulletin.asOf)}`}
    >
      {children}
      {month === null || path !== '/audit/bulletins' ? null : (
        <form method="get" action="/audit/bulletins" class="card">
          <input type="hidden" name="unit" value={bulletin.unit} />
          <p>
            <label for="month">{aw('month', language)}</label>
            <input id="month" name="month" type="month" value={month} required />
          </p>
          <button type="submit">{aw('show', language)}</button>
        </form>
      )}
      <dl class="figures">
        {figures.map((key) => (
          <div class={key === 'overdue' && numbers.overdue > 0 ? 'late' : ''}>
            <dt>{aw(key, language)}</dt>
            <dd>{numbers[key]}</dd>
          </div>
        ))}
        {numbers.unread ? (
          <div class="late">
            <dt>{aw('unread', language)}</dt>
            <dd>{numbers.unread}</dd>
          </div>
        ) : null}
      </dl>
      {month === null ? null : (
        <section class="card" aria-labelledby="without">
          <h2 id="without">{aw('without', language)}</h2>
          {withoutInspection.length === 0 ? (
            <p>{aw('allInspected', language)}</p>
          ) : (
            <ul>
              {withoutInspection.map(({ name }) => (
                <li>{name}</li>
              ))}
            </ul>
          )}
        </section>
      )}
      <section class="card" aria-labelledby="units">
        <h2 id="units">{aw('byUnit', language)}</h2>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{aw('unit', language)}</th>
                {(['running', 'inspected', 'findings', 'accepted', 'overdue'] as const).map((key) => (
                  <th scope="col">{aw(key, language)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {units.map((each) => (
                <tr>
                  <th scope="row">{each.name}</th>
                  <td>{each.running}</td>
                  <td>{each.inspected}</td>
                  <td>{each.findings}</td>
                  <td>{each.accepted}</td>
                  <td>{each.overdue}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section aria-labelledby="found">
        <h2 id="found">{aw('findingsTitle', language)}</h2>
        {findings.length === 0 ? <p class="card empty">{aw('noFindings', language)}</p> : null}
        <ul class="list found">
          {findings.map((finding) => (
            <li>
              <p class="hint">
                {finding.unitName} · {finding.caseNo}
              </p>
              <FindingText finding={finding} language={language} />
            </li>
          ))}
        </ul>
        {bulletin.more > 0 ? <p>+ {bulletin.more}</p> : null}
      </section>
    </AuditFrame>
  );
}
