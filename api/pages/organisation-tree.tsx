import type { UnitMoveRow } from '../../db/queries/unit-moves.ts';
import type { TreeUnit, UnitTree } from '../../db/queries/unit-tree.ts';
import type { Language } from '../language.ts';
import { unitPath } from './organisation-unit-forms.tsx';
import { levelWord, nameOf, orgWord } from './organisation-words.ts';

/** The way down to a unit, as links. */
export function Breadcrumb({ up, language }: { up: readonly TreeUnit[]; language: Language }) {
  return up.length === 0 ? null : (
    <nav class="back" aria-label={orgWord('title', language)}>
      {up.map((each) => (
        <>
          <a href={unitPath(each.id)}>{nameOf(each, language)}</a> /{' '}
        </>
      ))}
    </nav>
  );
}

/** The tree around a unit: the way down to it with what lies beside, and two levels below. */
export function TreeNav({ tree: { unit, around }, language }: { tree: UnitTree; language: Language }) {
  return (
    <nav class="card org-tree" id="tree" aria-labelledby="tree-title">
      <h2 id="tree-title">{orgWord('tree', language)}</h2>
      <Branch units={around} above={null} here={unit.id} language={language} />
    </nav>
  );
}

function Branch({
  units,
  above,
  here,
  language,
}: {
  units: readonly TreeUnit[];
  above: string | null;
  here: string;
  language: Language;
}) {
  return (
    <ul class="tree">
      {units
        .filter((each) => each.above === above)
        .map((each) => (
          <li>
            <a href={unitPath(each.id)} aria-current={each.id === here ? 'page' : undefined}>
              {nameOf(each, language)}
            </a>{' '}
            <Sign unit={each} folded={!units.some((other) => other.above === each.id)} language={language} />
            {units.some((other) => other.above === each.id) ? (
              <Branch units={units} above={each.id} here={here} language={language} />
            ) : null}
          </li>
        ))}
    </ul>
  );
}

/** What a unit of the tree is, in a few signs. */
function Sign({ unit, folded, language }: { unit: TreeUnit; folded: boolean; language: Language }) {
  if (unit.closedAt !== null) return <span class="hint">{orgWord('gone', language)}</span>;
  const below = folded && unit.units > 0 ? ` · ${orgWord('below', language)} ${unit.units}` : '';
  return (
    <>
      <span class="hint">{`${levelWord(unit.level, language)} · ${orgWord('posts', language)} ${unit.posts}${below}`}</span>{' '}
      {unit.vacant > 0 ? <span class="chip soon">{`${orgWord('vacant', language)} ${unit.vacant}`}</span> : null}
    </>
  );
}

/** How far the cases of a merge or split have come. */
export function Progress({ move, language }: { move: UnitMoveRow; language: Language }) {
  const waiting = move.waiting > 0 ? ` · ${orgWord('waiting', language)} ${move.waiting}` : '';
  return (
    <div class="card progress" role="status">
      <strong>{orgWord('moving', language)}</strong>{' '}
      {`${orgWord('moved', language)} ${move.moved} / ${move.cases}${waiting}`}{' '}
      {move.doneAt === null ? null : <span class="chip done">{orgWord('finished', language)}</span>}
      <progress value={move.moved} max={Math.max(move.cases, 1)} aria-label={orgWord('moving', language)} />
    </div>
  );
}
