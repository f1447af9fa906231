// The counter without a network. A device keeps today's orders (names, and what fits their codes) for a day at the most, notes
// hand-overs under keys of its own, and sends them when the network is back; the server takes each in once and names conflicts.
"use strict";
const KEPT = "linli-counter";
const state = document.querySelector("[data-offline]");
const mine = `linli-hand:${state.dataset.shop}:`;
const shell = document.querySelector("[data-offline-find]");
const noted = () => Object.keys(localStorage).filter((name) => name.startsWith(mine)).map((name) => JSON.parse(localStorage.getItem(name))).sort((a, b) => a.at.localeCompare(b.at));
const filled = (text, values) => Object.entries(values).reduce((all, [name, value]) => all.replace(`{${name}}`, value), text);
const clock = (text) => new Date(text).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
const say = (words) => { state.hidden = !words; state.textContent = words || ""; };
async function kept() {
  if (!window.caches) { return null; }
  const answer = await (await caches.open(KEPT)).match(state.dataset.orders, { ignoreVary: true });
  const found = answer ? await answer.json() : null;
  if (found && new Date(found.until) < new Date()) { await caches.delete(KEPT); return null; }
  return found;
}
// Keep the page, what it needs to look right, and today's orders; whoever may no longer see them keeps nothing.
async function keep() {
  if (!window.caches || !("serviceWorker" in navigator)) { return; }
  const [page, orders] = await Promise.all([fetch(state.dataset.offline, { cache: "no-cache" }), fetch(state.dataset.orders)]);
  if (page.redirected || orders.redirected || [401, 403, 404].includes(orders.status)) { await caches.delete(KEPT); return; }
  if (!page.ok || !orders.ok) { return; }
  const box = await caches.open(KEPT);
  const html = await page.clone().text();
  await box.put(state.dataset.offline, page);
  await box.put(state.dataset.orders, orders);
  await box.addAll([...new Set([...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((hit) => hit[1]))]);
  await navigator.serviceWorker.register(state.dataset.worker, { scope: "/" });
  await navigator.serviceWorker.ready;
  state.dataset.ready = "1";
}
let sending = false;
async function send() {
  const hands = noted();
  if (!hands.length || sending) { return; }
  sending = true;
  try {
    const fresh = await fetch(state.dataset.orders);
    if (fresh.redirected || !fresh.ok) { say(state.dataset.wordsSignIn); return; }
    const { csrf } = await fresh.json();
    const answer = await fetch(state.dataset.queue, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(hands.map(({ key, order, at, pieces, paid }) => ({ key, order, at, pieces, paid }))) });
    if (!answer.ok) { say(state.dataset.wordsSignIn); return; }
    const { done } = await answer.json();
    done.forEach(({ key }) => localStorage.removeItem(mine + key));
    say(filled(state.dataset.wordsSent, { n: done.length }));
    if (shell) { location.href = state.dataset.offline.replace(/\/offline$/, ""); } else { await keep(); location.reload(); }
  } catch { waiting(); } finally { sending = false; show(); }
}
const waiting = () => { const count = noted().length; say(count ? filled(state.dataset.wordsWaiting, { n: count }) : ""); };
async function fits(code, { salt, rounds }) {
  const bytes = Uint8Array.from(salt.match(/../g), (pair) => parseInt(pair, 16));
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes, iterations: rounds }, secret, 128);
  return [...new Uint8Array(bits)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
const part = (name) => document.querySelector(`template[data-${name}]`).content.cloneNode(true);
const found = document.querySelector("[data-found]");
const tries = () => JSON.parse(localStorage.getItem("linli-tries") || "[]").filter((at) => at > Date.now() - 900000);
function hand(order, paid) {
  const key = crypto.randomUUID();
  localStorage.setItem(mine + key, JSON.stringify({ key, order: order.id, at: new Date().toISOString(), pieces: order.pieces, paid, name: order.name, number: order.number }));
  found.replaceChildren();
  shell.reset();
  show();
  send();
}
function open(order) {
  const before = noted().find((one) => one.order === order.id);
  if (before) { const again = part("again"); again.firstChild.textContent = filled(again.firstChild.textContent, { time: clock(before.at) }); found.replaceChildren(again); return; }
  const card = part("one");
  card.querySelector("[data-name]").textContent = order.name;
  card.querySelector("[data-number]").textContent = [order.number, order.when].filter(Boolean).join(" · ");
  card.querySelector("[data-what]").textContent = order.what;
  const owed = card.querySelector("[data-owed]");
  owed.textContent = order.owed ? filled(owed.dataset.words, { sum: order.owed }) : owed.dataset.wordsNone;
  for (const [name, paid] of [["paid", true], ["plain", false], ["unpaid", false]]) {
    const button = card.querySelector(`[data-${name}]`);
    if ((name === "plain") === Boolean(order.owed)) { button.remove(); } else { button.addEventListener("click", () => hand(order, paid)); }
  }
  found.replaceChildren(card);
}
async function find(text) {
  const day = await kept();
  const orders = day ? day.orders : [];
  const typed = text.trim().split("/").pop();
  const code = typed.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, 8);
  const isCode = /^[0-9A-Z]{4}-?[0-9A-Z]{4}(-|$)/i.test(typed);
  if (isCode && tries().length >= 10) { found.replaceChildren(part("locked")); return; }
  const hash = isCode && day && window.crypto && crypto.subtle ? await fits(code, day) : "";
  const hits = orders.filter((one) => one.code === hash || one.name.toLowerCase().includes(text.trim().toLowerCase()) || one.number === text.trim());
  if (hits.length === 1) { open(hits[0]); return; }
  if (!hits.length) {
    if (isCode) { localStorage.setItem("linli-tries", JSON.stringify([...tries(), Date.now()])); }
    found.replaceChildren(part("nobody"));
    return;
  }
  const list = document.createElement("ul");
  list.className = "list";
  for (const one of hits.slice(0, 20)) {
    const row = part("choice"), button = row.querySelector("[data-open]");
    button.textContent = `${one.name} · ${one.number} · ${one.what}`;
    button.addEventListener("click", () => open(one));
    list.append(row);
  }
  found.replaceChildren(list);
}
async function show() {
  waiting();
  if (!shell) { return; }
  const hands = noted(), list = document.querySelector("[data-noted]"), head = document.querySelector("[data-kept]");
  document.querySelector("[data-noted-frame]").hidden = !hands.length;
  list.replaceChildren(...hands.map((one) => {
    const row = part("hand");
    row.querySelector("[data-name]").textContent = `${one.name} ✓`;
    row.querySelector("[data-meta]").textContent = `${clock(one.at)} · ${one.number}`;
    row.querySelector("[data-undo]").addEventListener("click", () => { localStorage.removeItem(mine + one.key); show(); });
    return row;
  }));
  const day = await kept();
  head.textContent = day ? filled(head.dataset.wordsKept, { time: clock(day.made), n: day.orders.length }) : head.dataset.wordsNone;
}
if (shell) { shell.addEventListener("submit", (event) => { event.preventDefault(); find(document.getElementById("words").value); }); }
show();
send();
if (!shell) { keep().catch(() => {}); window.setInterval(() => { if (!document.hidden) { keep().catch(() => {}); } }, 60000); }
window.addEventListener("online", send);
window.setInterval(send, 15000);
