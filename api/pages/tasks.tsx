import type { Language } from '../language.ts';
import type { TaskView } from '../schemas/views.ts';
import { dueDay, nearness } from './dates.ts';
import { News } from './inbox.tsx';
import { Layout, type Visitor } from './layout.tsx';
import { say } from './words.ts';

/** The work list: what its reader or his posts are to do, with the posts he holds. */
export function TasksPage({
  language,
  visitor,
  tasks,
  posts,
  next,
  now,
  nonce,
}: {
  language: Language;
  visitor: Visitor;
  tasks: readonly TaskView[];
  posts: readonly { readonly id: string; readonly name: string }[];
  next: string | null;
  now: string;
  nonce: string | undefined;
}) {
  return (
    <Layout
      title={say('myTasks', language)}
      language={language}
      path="/tasks"
      visitor={visitor}
      script={{ src: '/assets/inbox.js', nonce }}
    >
      <h1>{say('myTasks', language)}</h1>
      <p class="lead">{say('tasksLead', language)}</p>
      <News language={language} path="/tasks" />
      {tasks.length === 0 ? (
        <p class="card empty">{say('noTasks', language)}</p>
      ) : (
        <ul class="list cases">
          {tasks.map((task) => (
            <TaskEntry task={task} language={language} now={now} />
          ))}
        </ul>
      )}
      {next === null ? null : (
        <p class="more">
          <a href={`/tasks?cursor=${encodeURIComponent(next)}`}>{say('moreCases', language)} →</a>
        </p>
      )}
      <section aria-labelledby="mine" class="card">
        <h2 id="mine">{say('myPosts', language)}</h2>
        <ul>
          {posts.map(({ id, name }) => (
            <li>
              {name} · <a href={`/posts/${encodeURIComponent(id)}/card`}>{say('card', language)}</a>
            </li>
          ))}
          <li>
            <a href="/feeds">{say('feeds', language)}</a>
          </li>
        </ul>
      </section>
    </Layout>
  );
}

function TaskEntry({ task, language, now }: { task: TaskView; language: Language; now: string }) {
  const due = task.dueAt === null ? undefined : nearness(task.dueAt, now, language);
  return (
    <li class={due?.mark === 'late' ? 'late' : ''}>
      <a href={`/cases/${encodeURIComponent(task.case.id)}`}>
        <span class="name">{task.name}</span>
        <span class="detail">{task.case.caseNo}</span>
        <span class="when">
          {due && task.dueAt ? (
            <>
              <span class={`chip ${due.mark}`}>
                {task.provisional ? `${due.text} · ${say('provisional', language)}` : due.text}
              </span>
              <small>{dueDay(task.dueAt)}</small>
            </>
          ) : (
            <span class="detail">{say('noDate', language)}</span>
          )}
        </span>
      </a>
    </li>
  );
}
