// Keeps the number of unread messages up to date while the page is open. Without it the page works as well.
(() => {
  const count = document.getElementById('unread');
  const news = document.getElementById('news');
  if (!count || !('EventSource' in window)) return;
  let source;
  const show = (unread) => {
    count.hidden = unread === 0;
    count.textContent = unread > 99 ? '99+' : String(unread);
  };
  const changed = (event) => {
    const told = JSON.parse(event.data);
    show(told.unread);
    // what a page was away for is told as a whole: it may hold nothing new
    if (news && !told.all) news.hidden = false;
  };
  // a message that was read elsewhere makes room for the next one; what has only come in waits until it is asked for
  const inbox = (event) => {
    const { removed = [], added = [], unread } = JSON.parse(event.data);
    const gone = removed.some((id) => document.getElementById(`m-${id}`));
    if (gone) refill();
    if (gone && added.length === 0) show(unread);
    else changed(event);
  };
  // one at a time: an older answer must not come after a newer one; what happens meanwhile is looked up once more
  let filling = false;
  let again = false;
  const refill = async () => {
    again = true;
    if (filling) return;
    filling = true;
    while (again) {
      again = false;
      await renew().catch(() => undefined);
    }
    filling = false;
  };
  const renew = async () => {
    const list = document.getElementById('messages');
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined);
    if (!list || !answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('messages');
    if (!fresh) return;
    // whoever is at a message by keyboard stays there, or at the one that has come into its place
    const at = [...list.querySelectorAll('li')].findIndex((entry) => entry.contains(document.activeElement));
    const id = at < 0 ? undefined : list.querySelectorAll('li')[at].id;
    const kind = document.activeElement?.localName;
    list.replaceWith(document.adoptNode(fresh));
    if (id === undefined) return;
    const entry =
      document.getElementById(id) ?? fresh.querySelectorAll('li')[at] ?? fresh.querySelector('li:last-child');
    (entry?.querySelector(kind) ?? entry?.querySelector('a, button'))?.focus();
  };
  const listen = () => {
    source = new EventSource('/api/v1/stream');
    source.addEventListener('counts', (event) => show(JSON.parse(event.data).unread));
    source.addEventListener('inbox', inbox);
    source.addEventListener('tasks', changed);
    // a refusal ends an EventSource for good: too many pages are open, or the session is over
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(resume, 60000);
    });
  };
  const resume = () => {
    if (!document.hidden && (!source || source.readyState === EventSource.CLOSED)) listen();
  };
  // a page nobody looks at takes up no connection
  document.addEventListener('visibilitychange', () => (document.hidden ? source?.close() : resume()));
  resume();
})();
