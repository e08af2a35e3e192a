import type { Child } from 'hono/jsx';
import { type Language, pick } from '../language.ts';
import { fieldId, OWN_VALUES, type Values } from './form-values.ts';
import { fw } from './form-words.ts';
import type { Visitor } from './layout.tsx';

/** What every form of ours is sent with: the token of the session, the key it is done once for, and what was shown with it. */
export function Keys({ visitor, formKey, shown }: { visitor: Visitor; formKey: string; shown?: string | undefined }) {
  return (
    <>
      <input type="hidden" name="token" value={visitor.csrfToken} />
      <input type="hidden" name="key" value={formKey} />
      {shown === undefined ? null : <input type="hidden" name="shown" value={shown} />}
    </>
  );
}

/** What was filled in, carried along unseen. */
export function KeptValues({ values }: { values: Values }) {
  return (
    <>
      {Object.entries(values)
        .filter(([name]) => !OWN_VALUES.includes(name))
        .map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
    </>
  );
}

/** The buttons under what a form would do: do it, go back and change it, or leave. */
export function ConfirmButtons({
  grave,
  button,
  leave,
  language,
}: {
  grave: boolean;
  button: string;
  /** The page to leave to. */
  leave: string;
  language: Language;
}) {
  return (
    <>
      <p>
        <strong>{pick(grave ? fw.noUndo : fw.notYet, language)}</strong>
      </p>
      <div class="buttons">
        <button type="submit" name="step" value="confirm" class={grave ? 'grave' : undefined}>
          {button}
        </button>
        <button type="submit" name="step" value="edit" class="second">
          {pick(fw.change, language)}
        </button>
        <a href={leave}>{pick(fw.cancel, language)}</a>
      </div>
    </>
  );
}

interface BoxProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with it. */
  readonly wrong: string | undefined;
  /** Said after the label. */
  readonly note?: string | undefined;
  readonly children: Child;
}

/** A field with its label, its hint and what is wrong with it, above its control. */
export function FieldBox({ name, label, hint, wrong, note, children }: BoxProps) {
  return (
    <div class={wrong === undefined ? 'field' : 'field wrong'}>
      <label for={fieldId(name)}>
        {label}
        {note === undefined ? null : <small class="optional"> {note}</small>}
      </label>
      <FieldHint name={name} hint={hint} />
      <FieldError name={name} wrong={wrong} />
      {children}
    </div>
  );
}

/** A tick with its label beside it. */
export function TickBox({ name, label, hint, wrong, children }: Omit<BoxProps, 'note'>) {
  return (
    <div class={wrong === undefined ? 'field' : 'field wrong'}>
      <FieldError name={name} wrong={wrong} />
      <label class="choice" for={fieldId(name)}>
        {children} {label}
      </label>
      <FieldHint name={name} hint={hint} />
    </div>
  );
}

/** What helps to fill in a field; nothing where there is nothing to say. */
function FieldHint({ name, hint }: Pick<BoxProps, 'name' | 'hint'>) {
  return hint === undefined ? null : (
    <p class="hint" id={`h-${name}`}>
      {hint}
    </p>
  );
}

/** What is wrong with a field; nothing where nothing is. */
export function FieldError({ name, wrong }: Pick<BoxProps, 'name' | 'wrong'>) {
  return wrong === undefined ? null : (
    <p class="field-error" id={`e-${name}`}>
      {wrong}
    </p>
  );
}

/** What a control says about itself to those who do not see it: its name, whether it is wrong, what describes it. */
export function controlOf({ name, hint, wrong }: { name: string; hint: boolean; wrong: boolean }) {
  const described = [hint ? `h-${name}` : '', wrong ? `e-${name}` : ''].filter(Boolean).join(' ');
  return {
    ...{ id: fieldId(name), name },
    ...(wrong ? { 'aria-invalid': 'true' as const } : {}),
    ...(described ? { 'aria-describedby': described } : {}),
  };
}
