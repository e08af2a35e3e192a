import type { Child } from 'hono/jsx';
import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { channelName } from '../reports/lists.ts';
import { yuan } from '../timeline-text.ts';
import { type Candidate, candidatesOf, type Unmatched } from './book-candidates.ts';
import { type Field, pickField } from './book-field.ts';
import { w } from './book-form-words.ts';

/** An entry to choose, in words. */
export interface Offered extends Unmatched {
  readonly text: Text;
}

/** So many entries of a side are offered. */
export const MOST_OFFERED = 200;

/** A movement in words, and what it is about. */
export function moved({ channel, direction, amountFen }: Omit<Unmatched, 'id'>, about = ''): Text {
  const [goes, by] = [w[direction], channelName(channel)];
  return [
    `${goes[0]} ${yuan(amountFen)} 元（${by[0]}）${about}`,
    `${goes[1]} ${yuan(amountFen)} yuan (${by[1]})${about === '' ? '' : ` ${about}`}`,
  ];
}

/** A list to tick entries in. */
export const pickList = (name: string, path: string, label: Text, offered: readonly Offered[]): Field => ({
  ...{ name, kind: 'sides', path, label },
  choices: offered.map(({ id, text }) => [id, text] as const),
});

/** What would fit by its sum, each with a link that ticks it. */
export function Candidates({
  names: [leftName, rightName],
  left,
  right,
  language,
}: {
  names: readonly [string, string];
  left: readonly Offered[];
  right: readonly Offered[];
  language: Language;
}): Child {
  if (left.length === 0 || right.length === 0) return null;
  const found = candidatesOf(left, right);
  const texts = new Map([...left, ...right].map(({ id, text }) => [id, pick(text, language)]));
  const link = (each: Candidate) => {
    const ticks = [
      ...each.left.map((id) => pickField(leftName, id)),
      ...each.right.map((id) => pickField(rightName, id)),
    ];
    return `?${new URLSearchParams(Object.fromEntries(ticks.map((tick) => [tick, 'yes'])))}`;
  };
  return (
    <section class="card book-about candidates" aria-labelledby="candidates">
      <h2 id="candidates">{pick(w.candidates, language)}</h2>
      <p class="hint">{pick(found.length === 0 ? w.noCandidates : w.candidatesHint, language)}</p>
      <ul class="lines">
        {found.map((each) => (
          <li>
            {[...each.left, ...each.right].map((id) => (
              <p>{texts.get(id)}</p>
            ))}
            <a href={link(each)}>{pick(w.choose, language)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
