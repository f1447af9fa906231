// Passkeys: asks our question, lets the browser answer it, and sends the form with the answer.
"use strict";
(function () {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function asked(form) {
    const body = new URLSearchParams();
    const token = form.querySelector("[name=csrf_token]");
    if (token) body.set("csrf_token", token.value);
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.dataset.question, { method: "POST", body, credentials: "same-origin", headers });
    const told = await answer.json();
    if (answer.status === 403 && told.next) {
      window.location.assign(told.next + "?next=" + encodeURIComponent(window.location.pathname));
      return null;
    }
    if (!answer.ok) throw new Error(told.message);
    return told;
  }

  async function made(options) {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    (options.excludeCredentials || []).forEach((known) => { known.id = bytes(known.id); });
    const key = await navigator.credentials.create({ publicKey: options });
    const response = {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
    };
    return { id: key.id, rawId: text(key.rawId), type: key.type, response };
  }

  async function shown(options) {
    options.challenge = bytes(options.challenge);
    (options.allowCredentials || []).forEach((known) => { known.id = bytes(known.id); });
    const key = await navigator.credentials.get({ publicKey: options });
    const response = {
      clientDataJSON: text(key.response.clientDataJSON),
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
    };
    return { id: key.id, rawId: text(key.rawId), type: key.type, response };
  }

  document.querySelectorAll("[data-passkey]").forEach((form) => {
    const refused = form.querySelector("[data-refused]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      refused.hidden = true;
      try {
        const options = await asked(form);
        if (!options) return;
        const answer = form.dataset.passkey === "new" ? await made(options) : await shown(options);
        form.elements.answer.value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        refused.hidden = false;
      }
    });
  });
})();
