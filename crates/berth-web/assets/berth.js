/* Optional. Every page works without it; nothing here owns state. */
const $ = (s, r = document) => r.querySelector(s), root = document.documentElement;
root.classList.add('scripted');
/* The server reads the theme too, so that no page flashes. */
const keep = theme => {
  const life = theme ? 31536000 : 0;
  document.cookie = `berth-theme=${theme}; Path=/; Max-Age=${life}; SameSite=Lax`;
  theme ? (root.dataset.theme = theme) : delete root.dataset.theme;
};
addEventListener('click', e => {
  const t = e.target.closest('[data-theme-set],[data-dialog],[data-close],[data-copy],[data-dismiss]');
  document.querySelectorAll('details.menu[open]').forEach(d => d.contains(e.target) || (d.open = false));
  if (!t) return;
  if (t.dataset.themeSet !== undefined) keep(t.dataset.themeSet);
  if (t.dataset.dialog) $('#' + t.dataset.dialog).showModal();
  if (t.dataset.close !== undefined) t.closest('dialog').close();
  if (t.dataset.dismiss !== undefined) t.closest('.toast,.note').remove();
  if (t.dataset.copy) {
    navigator.clipboard.writeText($(t.dataset.copy).innerText);
    t.querySelector('span').textContent = 'Copied';
  }
});
addEventListener('keydown', e => {
  if (e.key === '/' && !/INPUT|TEXTAREA|SELECT/.test(e.target.tagName)) {
    const f = $('[data-filter]');
    if (f) { e.preventDefault(); f.focus(); }
  }
  if (e.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach(d => (d.open = false));
});
/* A log stays at its end while somebody reads there, and is not longer than anybody scrolls. */
const log = $('[data-follow]');
if (log) {
  const page = () => (log.scrollHeight > log.clientHeight ? log : document.scrollingElement);
  const atEnd = () => page().scrollTop + page().clientHeight > page().scrollHeight - 40;
  const toEnd = () => (page().scrollTop = page().scrollHeight);
  let stays = true;
  addEventListener('scroll', () => (stays = atEnd()), true);
  new MutationObserver(() => {
    while (log.children.length > 5000) log.firstElementChild.remove();
    if (stays) toEnd();
  }).observe(log, { childList: true });
  toEnd();
}
addEventListener('htmx:sse:after:connection', e => e.target.matches?.('[data-following]') && (e.target.hidden = false));
addEventListener('htmx:sse:error', e => e.target.matches?.('[data-following]') && (e.target.hidden = true));
/* Tenants that are chosen: how many, all of them, none. What is chosen is in the boxes and nowhere else. */
const tally = () => {
  const picks = [...document.querySelectorAll('.pick')], all = $('[data-pick-all]'), n = picks.filter(p => p.checked).length;
  if (!all) return;
  all.disabled = false;
  all.checked = n > 0 && n === picks.length;
  all.indeterminate = n > 0 && n < picks.length;
  if ($('#picked').textContent !== String(n)) $('#picked').textContent = n;
};
const pick = on => { document.querySelectorAll('.pick').forEach(p => (p.checked = on)); tally(); };
addEventListener('change', e => {
  if (e.target.matches('[data-pick-all]')) pick(e.target.checked);
  if (e.target.matches('.pick')) tally();
});
addEventListener('click', e => {
  if (e.target.closest('[data-pick-none]')) { pick(false); $('[data-pick-all]').focus(); }
  const chosen = e.target.closest('.menu__pop [hx-post]');
  if (chosen) { const menu = chosen.closest('details'); menu.open = false; $('summary', menu).focus(); }
});
addEventListener('htmx:after:swap', tally);
addEventListener('pageshow', tally);
tally();
/* What is wrong with a field is said beside it, and to those who do not see it. */
addEventListener('htmx:after:swap', () => document.querySelectorAll('.said').forEach(s => {
  const field = document.getElementById(s.id.replace(/-said$/, ''));
  if (field) s.querySelector('.msg--err') ? field.setAttribute('aria-invalid', 'true') : field.removeAttribute('aria-invalid');
}));
/* A log follows what comes, unless somebody scrolled up in it. */
const reading = new WeakSet();
addEventListener('scroll', e => {
  const log = e.target;
  if (!log.matches || !log.matches('[data-follow]')) return;
  log.scrollHeight - log.scrollTop - log.clientHeight < 24 ? reading.delete(log) : reading.add(log);
}, true);
const follow = () => document.querySelectorAll('[data-follow]').forEach(l => reading.has(l) || (l.scrollTop = l.scrollHeight));
addEventListener('htmx:after:swap', follow);
follow();
/* A choice in a form of filters is sent at once. */
addEventListener('change', e => {
  const form = e.target.closest('form[data-send-at-once]');
  if (form && !e.target.matches('[type=search]')) form.requestSubmit();
});
