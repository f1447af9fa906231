// Remembers, in this tab only, how somebody first came; the sign-up form carries it along.
"use strict";
(() => {
  const names = ["referrer", "utm_source", "utm_medium", "utm_campaign", "landing"];
  let first = null;
  try {
    first = JSON.parse(sessionStorage.getItem("linli_source") || "null");
    if (!first) {
      const query = new URLSearchParams(location.search);
      const isForeign = document.referrer && !document.referrer.startsWith(location.origin);
      first = { referrer: isForeign ? document.referrer : "", landing: location.pathname };
      names.slice(1, 4).forEach((name) => { first[name] = query.get(name) || ""; });
      sessionStorage.setItem("linli_source", JSON.stringify(first));
    }
  } catch { return; }
  const form = document.querySelector("form[data-source]");
  if (form) { names.forEach((name) => { if (first[name] && form.elements[name]) { form.elements[name].value = String(first[name]).slice(0, 120); } }); }
})();
