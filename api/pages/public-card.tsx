import { raw } from 'hono/html';
import type { Language } from '../language.ts';
import type { PublicCardView } from '../schemas/cards.ts';
import { Layout } from './layout.tsx';
import { say } from './words.ts';

type Contact = Omit<PublicCardView, 'vacant' | 'instead' | 'url'>;

/** How a card is shown: for reading, or as cards to print. */
export type CardForm = 'read' | 'card' | 'sheet';

/** Cards on a sheet of A4. */
const ON_A_SHEET = 10;

/** The public page of a post's convenience card. `code` is the picture that leads here, as SVG. */
export function PublicCardPage({
  language,
  card,
  code,
  path,
  form,
}: {
  language: Language;
  card: PublicCardView;
  code: string;
  path: string;
  form: CardForm;
}) {
  return (
    <Layout title={`${card.post.name} · ${card.unit.name}`} language={language} path={path} sheet="/assets/card.css">
      {form === 'read' ? (
        <Reading card={card} code={code} path={path} language={language} />
      ) : (
        <>
          <p class="screen hint">
            {say('printHint', language)} <a href={path}>{say('backToCard', language)}</a>
          </p>
          <div class={form === 'card' ? 'sheet single' : 'sheet'}>
            {Array.from({ length: form === 'card' ? 1 : ON_A_SHEET }, () => (
              <Business card={card} code={code} language={language} />
            ))}
          </div>
        </>
      )}
    </Layout>
  );
}

function Reading({
  card,
  code,
  path,
  language,
}: {
  card: PublicCardView;
  code: string;
  path: string;
  language: Language;
}) {
  const reachable = card.telephone !== null || card.holder !== null || card.services.length > 0;
  return (
    <>
      <h1>{card.post.name}</h1>
      <p class="lead">{card.unit.name}</p>
      {card.vacant ? <p class="card">{say('postVacant', language)}</p> : null}
      {reachable ? <ContactCard contact={card} language={language} code={code} /> : null}
      {card.instead ? (
        <section aria-labelledby="instead">
          <h2 id="instead">{say('turnTo', language)}</h2>
          <p>{`${card.instead.unit.name} · ${card.instead.post.name}`}</p>
          <ContactCard contact={card.instead} language={language} />
        </section>
      ) : null}
      <p class="screen more">
        <a href={`${path}?print=card`}>{say('printCard', language)}</a> ·{' '}
        <a href={`${path}?print=sheet`}>{say('printSheet', language)}</a>
      </p>
    </>
  );
}

function ContactCard({ contact, language, code }: { contact: Contact; language: Language; code?: string }) {
  return (
    <div class="card contact">
      <dl>
        {contact.holder ? <Line term={say('holder', language)} text={contact.holder.name} /> : null}
        {contact.telephone ? (
          <>
            <dt>{say('telephone', language)}</dt>
            <dd>
              <a class="telephone" href={`tel:${dialled(contact.telephone)}`}>
                {contact.telephone}
              </a>
            </dd>
          </>
        ) : null}
        <Line term={say('serviceHours', language)} text={hoursText(contact, language)} />
        {contact.services.length > 0 ? (
          <>
            <dt>{say('services', language)}</dt>
            <dd>
              <ul>
                {contact.services.map((service) => (
                  <li>{service}</li>
                ))}
              </ul>
            </dd>
          </>
        ) : null}
        {contact.languages.length > 0 ? (
          <Line term={say('speaks', language)} text={contact.languages.join(language === 'zh' ? '、' : ', ')} />
        ) : null}
      </dl>
      {code ? <Code code={code} language={language} /> : null}
    </div>
  );
}

function Line({ term, text }: { term: string; text: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </>
  );
}

/** One card as it is printed. Where nobody holds the post it names whom to turn to instead. */
function Business({ card, code, language }: { card: PublicCardView; code: string; language: Language }) {
  const contact = card.telephone === null && card.holder === null && card.instead ? card.instead : card;
  return (
    <section class="business">
      <div>
        <p class="where">{contact.unit.name}</p>
        <p class="post">{contact.post.name}</p>
        {contact.holder ? <p>{contact.holder.name}</p> : null}
        {contact.telephone ? <p class="telephone">{contact.telephone}</p> : null}
        <p>{hoursText(contact, language)}</p>
        {contact.services.length > 0 ? (
          <p class="services">{contact.services.join(language === 'zh' ? '、' : ', ')}</p>
        ) : null}
      </div>
      <Code code={code} language={language} />
    </section>
  );
}

function Code({ code, language }: { code: string; language: Language }) {
  return (
    <figure class="code" role="img" aria-label={say('cardCode', language)}>
      {raw(code)}
    </figure>
  );
}

function hoursText({ hours }: Contact, language: Language): string {
  return language === 'zh' ? `工作日 ${hours.from}–${hours.to}` : `${hours.from}–${hours.to} on working days`;
}

/** A telephone number as a device dials it; an extension after a pause. */
function dialled(telephone: string): string {
  return telephone.replace(/转/, ',').replace(/[^\d+,]/g, '');
}
