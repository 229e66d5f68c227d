"use strict";
(() => {
  const lookup = JSON.parse(document.getElementById("lookup").textContent);
  const tip = document.getElementById("tip");
  const line = (tag, text) => { const e = document.createElement(tag); e.textContent = text; return e; };

  // Native tooltips serve readers without script; with it, one box shows the same and more.
  document.querySelectorAll("[data-lineage][title]").forEach((e) => e.removeAttribute("title"));
  document.querySelectorAll("svg .pt").forEach((e) => {
    const title = e.querySelector("title");
    if (title) { e.dataset.tip = title.textContent; title.remove(); }
  });

  const origin = (d) => {
    const rows = [];
    rows.push(line("strong", lookup.titles[d.indicator] ? `${lookup.titles[d.indicator]} (${d.indicator})` : d.indicator));
    rows.push(line("span", `${lookup.measures[d.measure] || d.measure} · period ${d.period}`));
    rows.push(line("span", d.source));
    const loads = lookup.loads[d.lineage];
    if (loads) rows.push(line("span", `Laddning: ${loads}`));
    const definition = lookup.definitions[d.indicator];
    if (definition) rows.push(line("em", definition.length > 240 ? `${definition.slice(0, 240)} …` : definition));
    return rows;
  };
  let leaving = 0;
  let told = null;
  const hide = () => { clearTimeout(leaving); tip.hidden = true; };
  // With a delay, so that the pointer may move onto the box itself (WCAG 1.4.13).
  const hideSoon = () => { clearTimeout(leaving); leaving = setTimeout(hide, 200); };
  const show = (target) => {
    clearTimeout(leaving);
    told = target;
    tip.replaceChildren(...(target.dataset.tip ? [line("span", target.dataset.tip)] : origin(target.dataset)));
    tip.hidden = false;
    const at = target.getBoundingClientRect();
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - box.width / 2), innerWidth - box.width - 8);
    const above = at.top - box.height - 6;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 4 ? above : at.bottom + 6}px`;
  };
  const figures = "[data-lineage]";
  const wanted = (event) => event.target.closest && event.target.closest(`${figures}, .pt[data-tip]`);
  const focused = () => document.querySelector("[aria-describedby='tip']");
  document.addEventListener("pointerover", (event) => {
    const t = wanted(event);
    if (t) show(t); else if (tip.contains(event.target)) clearTimeout(leaving); else if (!focused()) hideSoon();
  });
  document.addEventListener("click", (event) => { const t = wanted(event); if (t) show(t); });
  document.addEventListener("scroll", () => {
    if (tip.hidden) return;
    if (told === focused() || told.matches(":hover")) show(told); else hide();
  }, { passive: true, capture: true });

  // By keyboard: one stop per table, paragraph and summary; arrows go from figure to figure within it.
  const holders = [...document.querySelectorAll("table[data-table], .generated, .highlights")];
  const within = (holder) => [...holder.querySelectorAll(figures)];
  for (const holder of holders) within(holder).forEach((e, index) => { e.tabIndex = index ? -1 : 0; });
  const next = (all, at, key) => {
    const index = all.indexOf(at);
    if (key === "ArrowRight") return all[index + 1];
    if (key === "ArrowLeft") return all[index - 1];
    if (!at.cellIndex) return null;
    const below = all.filter((e) => e.cellIndex === at.cellIndex);
    return below[below.indexOf(at) + (key === "ArrowDown" ? 1 : -1)];
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if (!event.key.startsWith("Arrow") || !event.target.matches(figures)) return;
    const holder = event.target.closest("table[data-table], .generated, .highlights");
    const to = next(within(holder), event.target, event.key);
    if (!to) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(figures) && event.target.matches(":focus-visible")) {
      show(event.target);
      event.target.setAttribute("aria-describedby", "tip");
    }
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.hasAttribute("aria-describedby")) { event.target.removeAttribute("aria-describedby"); hide(); }
  });

  const links = new Map([...document.querySelectorAll(".toc a")].map((a) => [a.hash.slice(1), a]));
  const parts = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    let current = parts[0];
    for (const part of parts) if (part.getBoundingClientRect().top < 140) current = part;
    for (const [id, a] of links) {
      if (current && id === current.id) a.setAttribute("aria-current", "location"); else a.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  document.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();

  const toc = document.querySelector(".toc details");
  if (matchMedia("(max-width: 1040px)").matches) toc.open = false;
  addEventListener("beforeprint", () => { toc.open = true; hide(); });
})();
