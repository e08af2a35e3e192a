import type { Child } from 'hono/jsx';
import { type Language, languageTags } from '../language.ts';
import { aw } from './account-words.ts';
import { tellChannel } from './channel-words.ts';
import { say } from './words.ts';

/** Who is signed in, for the head of a page. */
export interface Visitor {
  readonly name: string;
  readonly post: string | undefined;
  readonly csrfToken: string;
  /** How many messages of the inbox wait for him. */
  readonly unread: number;
}

/** The frame of every page. `path` is where the language switch leads back to; `sheet` and `script` are files of our own for this page; the script has the nonce without which none runs. */
export function Layout({
  title,
  language,
  path,
  visitor,
  sheet,
  script,
  children,
}: {
  title: string;
  language: Language;
  path: string;
  visitor?: Visitor | undefined;
  sheet?: string;
  script?: { readonly src: string; readonly nonce: string | undefined };
  children: Child;
}) {
  return (
    <html lang={languageTags[language]}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${say('product', language)}`}</title>
        <link rel="icon" href="/assets/linli.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/linli.css" />
        {sheet ? <link rel="stylesheet" href={sheet} /> : null}
        {script ? <script src={script.src} nonce={script.nonce} defer /> : null}
      </head>
      <body>
        <a class="skip" href="#content">
          {say('skip', language)}
        </a>
        <header class="top">
          <div class="wide">
            <a class="brand" href="/">
              <Mark />
              <span>
                {language === 'zh' ? '邻里 Linli' : 'Linli 邻里'} <small>{say('motto', language)}</small>
              </span>
            </a>
            {visitor ? <Ways language={language} path={path} unread={visitor.unread} /> : null}
            <div class="who">
              {visitor ? (
                <span>
                  {visitor.name}
                  {visitor.post ? ` · ${visitor.post}` : ''}
                </span>
              ) : null}
              <a
                href={`/language?to=${language === 'zh' ? 'en' : 'zh'}&back=${encodeURIComponent(path)}`}
                hreflang={language === 'zh' ? 'en' : 'zh-CN'}
              >
                {say('otherLanguage', language)}
              </a>
              {visitor ? (
                <a href="/channels" aria-current={path === '/channels' ? 'page' : undefined}>
                  {tellChannel('channels', language)}
                </a>
              ) : null}
              {visitor ? (
                <a href="/account" aria-current={path === '/account' ? 'page' : undefined}>
                  {aw('account', language)}
                </a>
              ) : null}
              {visitor ? (
                <form method="post" action="/sign-out">
                  <input type="hidden" name="token" value={visitor.csrfToken} />
                  <button class="plain" type="submit">
                    {say('signOut', language)}
                  </button>
                </form>
              ) : null}
            </div>
          </div>
        </header>
        <main id="content" class="wide">
          {children}
        </main>
        <footer class="foot">
          <div class="wide">
            <span>{say('product', language)}</span>
            <a href="/docs">{say('api', language)}</a>
          </div>
        </footer>
      </body>
    </html>
  );
}

/** Where the pages of work are; the number beside the inbox is kept up to date by the script of the inbox, where that runs. */
function Ways({ language, path, unread }: { language: Language; path: string; unread: number }) {
  const here = (href: string) => (path === href ? 'page' : undefined);
  return (
    <nav class="ways" aria-label={say('ways', language)}>
      <a href="/" aria-current={here('/')}>
        {say('cases', language)}
      </a>
      <a href="/tasks" aria-current={here('/tasks')}>
        {say('myTasks', language)}
      </a>
      <a href="/transfers" aria-current={here('/transfers')}>
        {say('transfers', language)}
      </a>
      <a href="/organisation" aria-current={here('/organisation')}>
        {say('organisation', language)}
      </a>
      <a href="/inbox" aria-current={here('/inbox')}>
        {say('inbox', language)}{' '}
        <strong class="count" id="unread" hidden={unread === 0} title={say('unread', language)}>
          {unread > 99 ? '99+' : unread}
        </strong>
      </a>
    </nav>
  );
}

/** The mark: two roofs side by side under one eave. */
export function Mark({ class: name }: { class?: string }) {
  return (
    <svg
      class={name}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      stroke-width="2.4"
      stroke-linejoin="round"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <path d="M2.5 15 10 7.5l6 6 6-6 7.5 7.5" />
      <path d="M5.5 13.5V25.5h21V13.5" />
      <path
        d="M12.6 19.2a2 2 0 0 1 3.4 1.6 2 2 0 0 1 3.4-1.6c.9 1.5-.6 3.2-3.4 4.9-2.8-1.7-4.3-3.4-3.4-4.9Z"
        fill="currentColor"
        stroke="none"
      />
    </svg>
  );
}
