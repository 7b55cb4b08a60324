// The live part of the console. The stream says which panel has changed; the panel is fetched and
// morphed into the page. Nothing of it is needed: without scripts the page reads itself again.
(() => {
  'use strict';

  const page = document.querySelector('main[data-events]');
  const panels = new Map(); // by name: {busy, again, held}

  // A panel in which somebody writes is left alone until they are done.
  const writable = 'input:not([type=hidden]),select,textarea';
  const edited = (field) =>
    field.type === 'checkbox' || field.type === 'radio' ? field.checked !== field.defaultChecked
      : field.matches('select') ? [...field.options].some((o) => o.selected !== o.defaultSelected) && field.selectedIndex > 0
        : field.value !== field.defaultValue;
  const writing = (panel) =>
    (panel.contains(document.activeElement) && document.activeElement.matches(writable)) ||
    [...panel.querySelectorAll(writable)].some(edited);

  const find = (name) => document.querySelector(`[data-panel="${name}"]`);

  async function refetch(name) {
    const panel = find(name);
    if (!panel) return;
    const state = panels.get(name) ?? {};
    panels.set(name, state);
    if (state.busy) { state.again = true; return; }
    if (writing(panel)) { state.held = true; return; }
    state.busy = true;
    state.again = false;
    try {
      await htmx.ajax('GET', page.dataset.panels + name + page.dataset.query, {source: panel, target: panel, swap: 'outerMorph'});
    } catch { /* the stream comes back, and with it every panel */ }
    state.busy = false;
    if (state.again) refetch(name);
  }

  // Somebody may have begun to write while the panel was on its way.
  document.addEventListener('htmx:before:swap', (event) => {
    const panel = event.target.closest?.('[data-panel]');
    if (!panel || !writing(panel)) return;
    event.preventDefault();
    (panels.get(panel.dataset.panel) ?? {}).held = true;
  });
  const release = () => setTimeout(() => {
    for (const [name, state] of panels) {
      const panel = find(name);
      if (state.held && panel && !writing(panel)) { state.held = false; refetch(name); }
    }
  });
  document.addEventListener('focusout', release);
  document.addEventListener('change', release);

  // The stream. Whoever was away gets the names of all panels first.
  const live = document.getElementById('live');
  let stream, retry, heard = 0, lost = null;

  function say() {
    if (!live) return;
    const at = lost && new Intl.DateTimeFormat(document.documentElement.lang, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: live.dataset.zone || undefined}).format(lost);
    const text = lost ? live.dataset.lost.replace('{at}', at) : live.dataset.live;
    if (live.textContent !== text) live.textContent = text;
    live.classList.toggle('on', !lost);
    live.classList.toggle('lost', !!lost);
  }
  function gone() {
    lost ??= new Date();
    stream?.close();
    clearTimeout(retry);
    retry = setTimeout(connect, 1000);
    say();
  }
  function here() {
    heard = Date.now();
    if (lost || !live?.classList.contains('on')) { lost = null; say(); }
  }
  function connect() {
    stream?.close();
    clearTimeout(retry);
    heard = Date.now();
    stream = new EventSource(page.dataset.events);
    stream.onopen = here;
    stream.onerror = gone;
    stream.addEventListener('beat', here);
    for (const panel of document.querySelectorAll('[data-panel]')) {
      const name = panel.dataset.panel;
      stream.addEventListener(name, () => { here(); refetch(name); });
    }
  }
  if (page?.dataset.events && window.EventSource && window.htmx) {
    connect();
    // A stream may die without a word: in a pocket, or behind a proxy.
    setInterval(() => { if (Date.now() - heard > 25000) gone(); }, 5000);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) connect(); });
    addEventListener('pagehide', () => { stream?.close(); clearTimeout(retry); });
    addEventListener('pageshow', (event) => { if (event.persisted) connect(); });
  }

  // The clock on the wall.
  const clock = document.getElementById('clock');
  if (clock) {
    const show = new Intl.DateTimeFormat(document.documentElement.lang, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: clock.dataset.zone || undefined});
    setInterval(() => { clock.textContent = show.format(new Date()); }, 1000);
  }

  // Keys: g r, g m, g t and ?. They can be switched off, and never work while somebody writes.
  const keys = document.getElementById('keys');
  if (!keys) return;
  const on = document.getElementById('keys-on');
  const open = document.getElementById('keys-open');
  const remember = (value) => { try { return value === undefined ? localStorage.getItem('keys') : localStorage.setItem('keys', value); } catch { return null; } };
  on.checked = remember() !== 'off';
  on.addEventListener('change', () => remember(on.checked ? 'on' : 'off'));
  open.hidden = false;
  open.addEventListener('click', () => keys.showModal());
  const places = {r: 'roles-title', m: 'board-title', t: 'timeline-title'};
  let went = 0;
  document.addEventListener('keydown', (event) => {
    if (!on.checked || event.ctrlKey || event.altKey || event.metaKey || keys.open || event.target.matches(writable)) return;
    if (event.key === '?') { event.preventDefault(); keys.showModal(); return; }
    if (event.key === 'g') { went = Date.now(); return; }
    const place = Date.now() - went < 1500 && document.getElementById(places[event.key]);
    went = 0;
    if (!place) return;
    event.preventDefault();
    place.focus();
    place.scrollIntoView({block: 'start'});
  });
})();
