// Ask a key to sign a statement's digest, or to make itself known. What comes back is handed in as it is: the gates judge it.
"use strict";
const outcome = document.getElementById("outcome");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// An outcome in words that are shown as they stand.
class Outcome extends Error {}

// Hand in a signature, and return what came of it. Whoever gets no answer knows nothing, and is told so.
async function handedIn(signed) {
  let said = {};
  try {
    const answer = await fetch(location.href, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(signed),
    });
    said = await answer.json();
  } catch {
    said = { unknown: "the console did not answer. Touching the key again is safe: it is the same decision" };
  }
  if (said.told) return said;
  throw new Outcome(said.refused ? `Not recorded: ${said.refused}` : `It is not known what was recorded: ${said.unknown}.`);
}

async function sign(form, button) {
  const keys = Object.fromEntries(form.dataset.keys.trim().split(" ").map((one) => one.split("=")));
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(form.dataset.challenge),
      rpId: form.dataset.party,
      allowCredentials: Object.keys(keys).map((id) => ({ type: "public-key", id: bytes(id) })),
      userVerification: "required",
      timeout: 120000,
    },
  });
  outcome.textContent = "Touched. It is handed in…";
  const shown = document.getElementById("statement");
  const said = await handedIn({
    [shown.name]: JSON.parse(shown.value),
    key_id: keys[text(credential.rawId)],
    client_data: text(credential.response.clientDataJSON),
    authenticator_data: text(credential.response.authenticatorData),
    value: text(credential.response.signature),
  });
  decided(document.getElementById("deciders"), said.deciders || []);
  const held = document.activeElement === button;
  form.hidden = true;
  outcome.className = "won";
  outcome.replaceChildren(part("h2", said.told), part("p", said.next), part("p", said.proof), link(said.back, said.words, "btn"));
  if (said.record) outcome.append(" ", link(said.record, "See it in the record", "btn bare"));
  if (held) outcome.querySelector("a").focus();
}

// Who decides, as it stands now that it is recorded: each with the look of their state.
function decided(section, people) {
  if (!section || !people.length) return;
  const rows = people.map(([who, what, when, state]) => {
    const row = section.querySelector("li").cloneNode(true);
    const [shape, tone] = { done: ["okring", "good"], you: ["you", "info"] }[state] || ["ring", "quiet"];
    row.querySelector("svg").setAttribute("class", `i ${tone}`);
    row.querySelector("use").setAttribute("href", `#${shape}`);
    row.querySelector("div").replaceChildren(part("b", who), what.startsWith(",") ? what : ` ${what}`, part("small", when));
    return row;
  });
  section.querySelector("h2").textContent = people.every((one) => one[3] === "done") ? "Who decided" : "Who decides";
  section.querySelector("ul").replaceChildren(...rows);
}

function part(name, words) {
  const made = document.createElement(name);
  made.textContent = words || "";
  made.hidden = !words;
  return made;
}

function link(address, words, look) {
  const made = part("a", words);
  made.href = address;
  made.className = look;
  return made;
}

// A key's id, as the directory derives it: its owner tells it to a guardian by another way than the file.
async function idOf(key) {
  const named = new Uint8Array([...new TextEncoder().encode("accord passkey"), ...new Uint8Array(key)]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", named));
  const bits = [...digest.slice(0, 10)].map((one) => one.toString(2).padStart(8, "0")).join("");
  return "PK-" + bits.match(/.{5}/g).map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(one, 2)]).join("");
}

// Leave a passkey for the guardians. Where that fails, its file is handed to one of them.
async function leftForGuardians(made) {
  try {
    return await handedIn(made);
  } catch {
    return { told: "It could not be left here: keep the file, and hand it to a guardian." };
  }
}

async function make(form) {
  const given = form.dataset;
  const credential = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(given.challenge),
      rp: { id: given.party, name: "Accord" },
      user: { id: bytes(given.handle), name: given.staff, displayName: given.name },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -8 }],
      authenticatorSelection: { userVerification: "required" },
      attestation: given.attestation,
      timeout: 120000,
    },
  });
  const made = {
    staff_id: given.staff,
    name: document.getElementById("name").value,
    origin: given.origin,
    relying_party: given.party,
    client_data: text(credential.response.clientDataJSON),
    attestation: text(credential.response.attestationObject),
  };
  const file = document.getElementById("file");
  file.href = URL.createObjectURL(new Blob([JSON.stringify(made, null, 2)], { type: "application/json" }));
  const id = await idOf(credential.response.getPublicKey());
  file.download = `${given.staff}.${id}.passkey.json`;
  file.hidden = false;
  outcome.textContent = `Made: ${id}. ${(await leftForGuardians(made)).told} Tell a guardian this id yourself, by voice.`;
}

function inWords(fault) {
  if (fault instanceof Outcome) return fault.message;
  return fault.name === "NotAllowedError" ? "The key was not touched. Try again." : `Nothing was handed in: ${fault.message}`;
}

for (const [form, act] of [["ceremony", sign], ["enrolment", make]]) {
  const found = document.getElementById(form);
  if (!found) continue;
  const button = found.querySelector("button");
  button.hidden = false;
  let busy = false; // a button that is disabled would lose the focus
  found.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    button.setAttribute("aria-disabled", "true");
    outcome.textContent = "Touch your key now.";
    try {
      await act(found, button);
    } catch (fault) {
      outcome.textContent = inWords(fault);
    }
    busy = false;
    button.removeAttribute("aria-disabled");
  });
}
