import type { MessageRow } from '../../db/queries/work.ts';
import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { Layout, type Visitor } from './layout.tsx';
import { say } from './words.ts';

const KINDS: Readonly<Record<MessageRow['kind'], readonly [words: Text, mark: string]>> = {
  rung: [['到期提醒', 'deadline'], 'late'],
  nudge: [['催办', 'nudge'], 'soon'],
  complaint: [['投诉', 'complaint'], 'late'],
  emergency: [['紧急', 'emergency'], 'late'],
  transfer: [['转交', 'transfer'], 'soon'],
  undelivered: [['未送达', 'not delivered'], 'soon'],
  signIn: [['登录', 'signing in'], 'soon'],
  withdrawal: [['撤回同意', 'withdrawal'], 'late'],
  finding: [['督查问题', 'finding'], 'late'],
  objection: [['公示异议', 'objection'], 'soon'],
  access: [['紧急查阅', 'emergency access'], 'late'],
  erasure: [['请求删除', 'request to erase'], 'late'],
  destruction: [['销毁', 'destruction'], 'late'],
  uninspected: [['未督查', 'not inspected'], 'soon'],
  reads: [['查阅过多', 'many reads'], 'late'],
};

/** The inbox: what its reader was told, with a button to say that he has read it. */
export function InboxPage({
  language,
  visitor,
  messages,
  unreadOnly,
  cursor,
  next,
  nonce,
}: {
  language: Language;
  visitor: Visitor;
  messages: readonly MessageRow[];
  unreadOnly: boolean;
  /** Where this page begins; reading a message leads back here. */
  cursor: string | undefined;
  next: string | null;
  nonce: string | undefined;
}) {
  return (
    <Layout
      title={say('inbox', language)}
      language={language}
      path="/inbox"
      visitor={visitor}
      script={{ src: '/assets/inbox.js', nonce }}
    >
      <h1>{say('inbox', language)}</h1>
      <p class="lead">{say('inboxLead', language)}</p>
      <News language={language} path={inboxPath(unreadOnly)} />
      <p>
        {unreadOnly ? (
          <a href="/inbox">{say('allMessages', language)}</a>
        ) : (
          <a href="/inbox?unread=true">{say('onlyUnread', language)}</a>
        )}
      </p>
      <div id="messages">
        {messages.length === 0 ? (
          <p class="card empty">{say('noMessages', language)}</p>
        ) : (
          <ul class="list messages">
            {messages.map((message) => (
              <MessageEntry
                message={message}
                language={language}
                token={visitor.csrfToken}
                unreadOnly={unreadOnly}
                cursor={cursor}
              />
            ))}
          </ul>
        )}
        {next === null ? null : (
          <p class="more">
            <a href={inboxPath(unreadOnly, next)}>{say('earlier', language)} →</a>
          </p>
        )}
      </div>
    </Layout>
  );
}

/** The address of a page of the inbox. */
export function inboxPath(unreadOnly: boolean, cursor?: string): string {
  const query = [...(unreadOnly ? ['unread=true'] : []), ...(cursor ? [`cursor=${encodeURIComponent(cursor)}`] : [])];
  return query.length === 0 ? '/inbox' : `/inbox?${query.join('&')}`;
}

/** Shown by the script when something has come in since the page was made. */
export function News({ language, path }: { language: Language; path: string }) {
  return (
    <p role="status">
      <a id="news" class="button" href={path} hidden>
        {say('news', language)}
      </a>
    </p>
  );
}

function MessageEntry({
  message,
  language,
  token,
  unreadOnly,
  cursor,
}: {
  message: MessageRow;
  language: Language;
  token: string;
  unreadOnly: boolean;
  cursor: string | undefined;
}) {
  const [words, mark] = KINDS[message.kind];
  const read = message.acknowledgedAt !== null;
  return (
    <li class={read ? 'card' : 'card unread'} id={`m-${message.id}`}>
      <p class="about">
        <span class={read ? 'chip' : `chip ${mark}`}>{pick(words, language)}</span>{' '}
        <time datetime={message.createdAt}>{localTime(message.createdAt)}</time>
        {read ? ` · ${say('acknowledged', language)}` : ''}
      </p>
      <p class="text">{pick([message.textZh, message.textEn], language)}</p>
      <div class="buttons">
        {message.caseId === null ? null : (
          <a href={`/cases/${encodeURIComponent(message.caseId)}`}>{say('toCase', language)}</a>
        )}
        {read ? null : (
          <form method="post" action={`/inbox/${encodeURIComponent(message.id)}/acknowledge`}>
            <input type="hidden" name="token" value={token} />
            {unreadOnly ? <input type="hidden" name="unread" value="true" /> : null}
            {cursor ? <input type="hidden" name="cursor" value={cursor} /> : null}
            <button type="submit">{say('acknowledge', language)}</button>
          </form>
        )}
      </div>
    </li>
  );
}
