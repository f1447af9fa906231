// Single keys open the pages of a console, for who stands at a counter with a keyboard; "?" lists them.
"use strict";
(function () {
  const help = document.getElementById("keys"), open = document.querySelector("[data-keys]"), box = document.getElementById("keys-on");
  if (!help || !help.showModal) return;
  let on = true;
  try { on = localStorage.getItem("linli_keys") !== "off"; } catch (blocked) { on = true; }
  if (box) {
    box.checked = on;
    box.addEventListener("change", () => {
      on = box.checked;
      try { localStorage.setItem("linli_keys", on ? "on" : "off"); } catch (blocked) { return; }
    });
  }
  if (open) { open.hidden = false; open.addEventListener("click", () => help.showModal()); }

  help.querySelector("[data-keys-close]").addEventListener("click", () => help.close());

  function step(by) {
    const links = [...document.querySelectorAll("main .list a.row-main, main tbody a")].filter((link) => link.offsetParent);
    const next = links[links.indexOf(document.activeElement) + by] || links[by > 0 ? 0 : links.length - 1];
    if (next) next.focus();
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "?") { help.showModal(); event.preventDefault(); return; }
    if (!on) return;
    const link = /^[a-z]$/.test(event.key) && document.querySelector('.side [data-key="' + event.key + '"]');
    const field = event.key === "/" && document.querySelector("main input[name=q], main input[type=search]");
    if (link) location.href = link.href;
    else if (field) field.focus();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else return;
    event.preventDefault();
  });
})();
