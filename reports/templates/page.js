"use strict";
(() => {
  const lookup = JSON.parse(document.getElementById("lookup").textContent);
  const tip = document.getElementById("tip");
  const line = (tag, text) => { const e = document.createElement(tag); e.textContent = text; return e; };

  // Native tooltips serve readers without script; with it, one box shows the same and more.
  document.querySelectorAll("[data-row][title]").forEach((e) => e.removeAttribute("title"));
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
  const hide = () => { tip.hidden = true; };
  const show = (target) => {
    tip.replaceChildren(...(target.dataset.tip ? [line("span", target.dataset.tip)] : origin(target.dataset)));
    tip.hidden = false;
    const at = target.getBoundingClientRect();
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - box.width / 2), innerWidth - box.width - 8);
    const above = at.top - box.height - 10;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 4 ? above : at.bottom + 10}px`;
  };
  const wanted = (event) => event.target.closest && event.target.closest("[data-row], .pt[data-tip]");
  document.addEventListener("pointerover", (event) => { const t = wanted(event); if (t) show(t); else hide(); });
  document.addEventListener("click", (event) => { const t = wanted(event); if (t) show(t); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("scroll", hide, { passive: true, capture: true });

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
