"use strict";
// Forms that a passkey fills in: data-passkey says what for. Without passkeys the forms stay hidden and other ways remain.
{
  const bytes = (text) => {
    const padded = text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
    return Uint8Array.from(atob(padded), (symbol) => symbol.charCodeAt(0));
  };
  const text = (buffer) => {
    const symbols = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(symbols).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  };
  const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  // What the server sends and takes is JSON; what the browser takes and gives is bytes.
  const creation = ({ publicKey }) => ({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: described(publicKey.excludeCredentials),
    },
  });
  const request = ({ publicKey }) => ({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: described(publicKey.allowCredentials),
    },
  });
  const answer = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return {
      type: credential.type,
      id: credential.id,
      rawId: text(credential.rawId),
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const inPage = () => JSON.parse(document.getElementById("passkey-options").textContent);
  const withoutPassword = (options, wanted) => {
    const selection = options.publicKey.authenticatorSelection;
    selection.residentKey = wanted ? "required" : "discouraged";
    selection.requireResidentKey = wanted;
    if (wanted) selection.userVerification = "required";
    return options;
  };
  const ways = {
    add: (form) =>
      navigator.credentials.create(
        creation(withoutPassword(inPage().creation_options, form.elements.passwordless.checked)),
      ),
    prove: () => navigator.credentials.get(request(inPage().request_options)),
    "sign-in": async (form) => {
      const told = await fetch(form.action, { headers: { Accept: "application/json" } });
      return navigator.credentials.get(request((await told.json()).request_options));
    },
  };

  if (window.PublicKeyCredential && navigator.credentials) {
    for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      form.hidden = false;
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const failed = form.querySelector("[data-passkey-failed]");
        failed.hidden = true;
        try {
          form.elements.credential.value = JSON.stringify(answer(await ways[form.dataset.passkey](form)));
          form.submit();
        } catch {
          failed.hidden = false;
        }
      });
    }
  }
}
