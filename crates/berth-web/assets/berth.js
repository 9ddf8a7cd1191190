/* Optional. Every page works without it; nothing here owns state. */
const $ = (s, r = document) => r.querySelector(s), root = document.documentElement;
root.classList.add('scripted');
/* The server reads the theme too, so that no page flashes. */
const keep = theme => {
  const life = theme ? 31536000 : 0;
  document.cookie = `berth-theme=${theme}; Path=/; Max-Age=${life}; SameSite=Lax`;
  theme ? (root.dataset.theme = theme) : delete root.dataset.theme;
};
/* A menu is open while somebody is in it. */
const shut = e => document.querySelectorAll('details.menu[open]').forEach(d => d.contains(e.target) || (d.open = false));
addEventListener('focusin', shut);
addEventListener('click', e => {
  const t = e.target.closest('[data-theme-set],[data-dialog],[data-close],[data-copy],[data-dismiss]');
  shut(e);
  if (!t) return;
  if (t.dataset.themeSet !== undefined) keep(t.dataset.themeSet);
  if (t.dataset.dialog) { e.preventDefault(); $('#' + t.dataset.dialog).showModal(); }
  if (t.dataset.close !== undefined) t.closest('dialog').close();
  if (t.dataset.dismiss !== undefined) t.closest('.toast,.note').remove();
  if (t.dataset.copy) {
    navigator.clipboard.writeText($(t.dataset.copy).innerText);
    t.querySelector('span').textContent = 'Copied';
  }
});
addEventListener('keydown', e => {
  if (e.key === '/' && !e.target.matches('input:not([type=radio], [type=checkbox]), textarea, select')) {
    const f = $('[data-filter]');
    if (f) { e.preventDefault(); f.focus(); }
  }
  if (e.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach(d => {
    const isIn = d.contains(document.activeElement);
    d.open = false;
    if (isIn) $('summary', d).focus();
  });
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
/* A page that lost the server says so until it is back. Whatever it shows is from before. */
const app = $('#app'), offline = $('#offline');
if (offline) {
  const lost = e => e.target === app && (offline.hidden = e.detail.status < 500);
  addEventListener('htmx:sse:error', lost);
  addEventListener('htmx:sse:after:connection', e => e.target === app && (offline.hidden = true));
  /* A stream that broke off comes back by itself (hx-sse). One that never began is begun again here. */
  addEventListener('htmx:error', e => {
    if (e.target !== app || app._htmx.sse) return;
    lost(e);
    setTimeout(() => htmx.ajax('GET', app.getAttribute('hx-sse:connect'), { source: app }), 1000);
  });
}
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
/* A choice in a form of filters is sent at once. Whoever goes through choices with keys goes on where they were. */
addEventListener('change', e => {
  const form = e.target.closest('form[data-send-at-once]');
  if (!form || e.target.matches('[type=search]')) return;
  sessionStorage.setItem('berth-chosen', e.target.name);
  form.requestSubmit();
});
const chosen = sessionStorage.getItem('berth-chosen');
if (chosen) {
  sessionStorage.removeItem('berth-chosen');
  const field = document.querySelectorAll(`form[data-send-at-once] [name="${CSS.escape(chosen)}"]`);
  ([...field].find(f => f.checked) || field[0])?.focus();
}
/* The palette. The server finds; here is the typing, and which entry is chosen. */
const palette = $('#palette');
if (palette) {
  const field = $('input', palette), list = $('#found');
  let asked = 0, soon, shown = null;
  const entries = () => [...list.querySelectorAll('a')];
  const choose = one => {
    entries().forEach(a => a.setAttribute('aria-selected', a === one));
    one ? field.setAttribute('aria-activedescendant', one.id) : field.removeAttribute('aria-activedescendant');
    if (one) one.scrollIntoView({ block: 'nearest' });
  };
  const look = async () => {
    const mine = ++asked, typed = field.value, query = new URLSearchParams({ q: typed });
    const open = location.pathname.match(/^\/organisations\/[^/]+\/tenants\/([^/]+)/);
    if (open) query.set('open', open[1]);
    const answer = await fetch(`${palette.dataset.palette}?${query}`, { headers: { 'hx-request': 'true' } });
    const text = await answer.text();
    if (mine !== asked) return;
    if (answer.headers.get('hx-redirect')) { location = answer.headers.get('hx-redirect'); return; }
    if (!answer.ok) return;
    shown = typed;
    list.innerHTML = text;
    list.querySelectorAll('li').forEach(li => li.setAttribute('role', 'presentation'));
    entries().forEach(a => a.setAttribute('role', 'option'));
    choose(entries()[0]);
  };
  field.addEventListener('input', () => { clearTimeout(soon); soon = setTimeout(look, 80); });
  new MutationObserver(() => { if (palette.open) { field.select(); look(); } }).observe(palette, { attributeFilter: ['open'] });
  addEventListener('keydown', e => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
      e.preventDefault();
      palette.open ? palette.close() : palette.showModal();
      return;
    }
    if (!palette.open) return;
    const which = all => all.findIndex(a => a.getAttribute('aria-selected') === 'true');
    const all = entries(), at = which(all);
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      if (all.length) choose(all[(at + (e.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length]);
    }
    /* Somebody who types fast means what they typed, not what was found before. */
    if (e.key === 'Enter') {
      e.preventDefault();
      clearTimeout(soon);
      (async () => {
        if (shown !== field.value) await look();
        const found = entries(), one = found[which(found)];
        if (one && palette.open && shown === field.value) one.click();
      })();
    }
  });
  palette.addEventListener('click', e => { if (e.target === palette || e.target.closest('#found a')) palette.close(); });
}
