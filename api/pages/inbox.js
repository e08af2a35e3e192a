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
  const listen = () => {
    source = new EventSource('/api/v1/stream');
    source.addEventListener('counts', (event) => show(JSON.parse(event.data).unread));
    source.addEventListener('inbox', changed);
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
