// Passkeys: what the server asks goes to the browser, and its answer back. Without this script the buttons stay away.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

function answerOf(credential) {
  const { id, rawId, type, response, authenticatorAttachment } = credential;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const found = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return {
    ...{ id, rawId: text(rawId), type, authenticatorAttachment },
    response: { ...Object.fromEntries(found), transports: response.getTransports?.() },
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function ask(path, token, body) {
  const answer = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', 'x-csrf-token': token ?? '' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

async function signIn(form) {
  const options = await ask('/sign-in/passkey/options', '', {});
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
  const credential = await navigator.credentials.get({ publicKey });
  const { token, back } = form.dataset;
  const path = token === undefined ? '/sign-in/passkey' : '/account/again/passkey';
  const { to } = await ask(path, token, { response: answerOf(credential), back });
  if (to === undefined) throw new Error('not recognised');
  location.assign(to);
}

async function add(form) {
  const token = form.dataset.token;
  const options = await ask('/account/passkeys/options', token, {});
  if (options.to) return location.assign(options.to);
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
  const credential = await navigator.credentials.create({ publicKey });
  const { to } = await ask('/account/passkeys', token, {
    response: answerOf(credential),
    name: form.querySelector('input')?.value ?? '',
  });
  location.assign(to);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const work = form.dataset.passkey === 'add' ? add : signIn;
    work(form).catch(() => {
      form.querySelector('[role=alert]').hidden = false;
    });
  });
}
