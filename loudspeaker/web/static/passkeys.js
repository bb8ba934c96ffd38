// Passkeys at the pages of a hub (W3C Web Authentication): a form is filled in by the browser's own dialogue, then sent.
"use strict";
(function () {
  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }
  function text(buffer) { return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))); }
  function known(list) {
    return (list || "").split(" ").filter(Boolean).map(function (id) { return { type: "public-key", id: bytes(id) }; });
  }
  function sign(form, data) {
    return navigator.credentials.get({ publicKey: {
      challenge: bytes(data.challenge), rpId: data.rp, allowCredentials: known(data.known), userVerification: "required"
    } }).then(function (made) {
      form.elements.signature.value = text(made.response.signature);
      form.elements.authenticator.value = text(made.response.authenticatorData);
      form.elements.client.value = text(made.response.clientDataJSON);
    });
  }
  function make(form, data) {
    return navigator.credentials.create({ publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)), rp: { id: data.rp, name: data.site },
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name: data.account, displayName: form.elements.name.value },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }], excludeCredentials: known(data.known), attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" }
    } }).then(function (made) {
      form.elements.credential.value = made.id;
      form.elements.public.value = text(made.response.getPublicKey());
    });
  }
  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var wrong = form.querySelector("[data-failed]"), button = form.querySelector("button"), asked = false;
    function fail(words) { wrong.textContent = "✗ " + words; wrong.hidden = false; wrong.focus(); button.disabled = false; }
    if (!window.PublicKeyCredential) { fail(wrong.dataset.missing); button.disabled = true; return; }
    form.addEventListener("submit", function (event) {
      if (asked) return;
      event.preventDefault();
      event.stopPropagation();
      wrong.hidden = true;
      button.disabled = true;
      (form.dataset.passkey === "new" ? make : sign)(form, form.dataset).then(function () {
        asked = true;
        button.disabled = false;
        form.requestSubmit();
      }, function (error) { fail(error.name === "InvalidStateError" ? wrong.dataset.again : wrong.dataset.failed); });
    });
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
})();
