// Small helps that no page depends on: confirmations, steppers, copied links, toasts that leave.
"use strict";
document.addEventListener("submit", (event) => {
  const question = event.target.getAttribute("data-confirm");
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  // A second tap on the same button is not a second act; the server knows too.
  const button = event.submitter;
  if (button && event.target.method === "post") { window.setTimeout(() => { button.disabled = true; }, 0); window.setTimeout(() => { button.disabled = false; }, 4000); }
});
// What a counter keeps for a time without a network goes with who signs out; what was not sent yet asks first.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.action.endsWith("/me/sign-out")) { return; }
  const unsent = Object.keys(localStorage).filter((name) => name.startsWith("linli-hand:"));
  const words = document.querySelector("[data-unsent]");
  if (unsent.length && words && !window.confirm(words.dataset.unsent)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  unsent.forEach((name) => localStorage.removeItem(name));
  if (window.caches) { window.caches.delete("linli-counter"); }
});
document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) {
    const input = step.parentElement.querySelector("input");
    const next = Number(input.value || 0) + Number(step.dataset.step);
    const low = input.min === "" ? -Infinity : Number(input.min), high = input.max === "" ? Infinity : Number(input.max);
    input.value = Math.min(Math.max(next, low), high);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    event.preventDefault();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const done = () => { copy.textContent = copy.dataset.done || "✓"; };
    const box = copy.closest(".card, section, form")?.querySelector("textarea, input[readonly]");
    if (navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy).then(done);
    else if (box) { box.focus(); box.select(); if (document.execCommand("copy")) done(); }
  }
  if (event.target.closest("[data-print]")) window.print();
});
// WeChat's browser saves no files: it gets the address to copy instead. Where the town has an official account, its pages
// say their own words when they are shared.
if (/MicroMessenger/i.test(navigator.userAgent)) {
  const shared = document.querySelector("[data-wechat]");
  if (shared) { const script = document.createElement("script"); script.src = shared.dataset.wechat; document.head.append(script); }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const to = link && link.getAttribute("href");
    if (to && to.startsWith("/") && (link.hasAttribute("download") || /\.(ics|csv|pdf|xlsx|zip)(\?|$)/.test(to))) {
      event.preventDefault();
      location.href = "/open-elsewhere?to=" + encodeURIComponent(to);
    }
  });
}
// Until when something can be ordered: the page says it in words, here it only ticks.
const ticking = document.querySelectorAll("[data-until]");
const tick = () => ticking.forEach((one) => {
  const left = Math.max(0, Math.round((new Date(one.dataset.until) - Date.now()) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  one.textContent = one.dataset.words.replace("{time}", `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`);
});
if (ticking.length) { tick(); window.setInterval(tick, 1000); }
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-auto-submit]")) { event.target.form.requestSubmit(); }
});
// A desk's tabs scroll sideways on a phone: the one that is open shall be in sight.
const tab = document.querySelector(".side [aria-current]");
if (tab) { const row = tab.parentElement; row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2; }
const said = document.querySelector("[data-toast]");
if (said) { const clean = new URL(location.href); clean.searchParams.delete("said"); history.replaceState(null, "", clean); }
if (window.htmx) { window.htmx.config.includeIndicatorStyles = false; window.htmx.config.allowEval = false; }
// How somebody first came, kept in this tab only; the sign-up form carries it along.
try {
  let first = JSON.parse(sessionStorage.getItem("linli_source") || "null");
  if (!first) {
    const query = new URLSearchParams(location.search), from = document.referrer;
    first = { referrer: from.startsWith(location.origin) ? "" : from, landing: location.pathname };
    for (const name of ["utm_source", "utm_medium", "utm_campaign"]) { first[name] = query.get(name) || ""; }
    sessionStorage.setItem("linli_source", JSON.stringify(first));
  }
  const form = document.querySelector("form[data-source]");
  for (const name of form ? Object.keys(first) : []) { if (first[name] && form.elements[name]) { form.elements[name].value = String(first[name]).slice(0, 120); } }
} catch { /* a browser that keeps nothing tells nothing */ }
