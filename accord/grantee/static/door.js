// Save each answer by itself. While there is no connection, what was typed stays in this browser: the page says so, sends it on
// return, and wipes it then, or when its reader asks for that. Without this script the buttons of the page save the same.
"use strict";
const door = document.getElementById("door");
const saved = document.getElementById("saved");
const wipe = document.getElementById("wipe");
const leave = document.getElementById("leave");
const unsent = document.getElementById("unsent");
const form = document.getElementById("answers");
const home = door.dataset.home;
const prefix = `door:${door.dataset.form}:`;
const AFTER = 900, AGAIN = 10000; // milliseconds until an answer is sent, and until it is tried again
const SLOW = 10000, PATIENCE = 45000; // from which a line is slow, and broken
const DAYS = 30 * 86400000; // a link's life: nothing stays longer
const stuck = new Set(); // what the door refused for good: it is shown, and not sent again
let timer, retry, run, waited = false;

const fieldOf = (name) => document.querySelector(`.field[data-field="${CSS.escape(name)}"]`);
const idOf = (name) => name.replaceAll(".", "-");
const partOf = (one) => one.name.includes(":") ? one.name.slice(one.name.indexOf(":") + 1) : "";
const inputsOf = (field) => [...field.querySelectorAll("input:not([type=hidden]), textarea")];

function valueOf(field) {
  const value = {};
  for (const one of inputsOf(field)) {
    if (one.type === "checkbox") (value[partOf(one)] ??= []).push(...(one.checked ? [one.value] : []));
    else if (one.type !== "radio" || one.checked) value[partOf(one)] = one.value;
  }
  return value;
}

function put(field, value) {
  for (const one of inputsOf(field)) {
    if (one.type === "checkbox") one.checked = (value[partOf(one)] || []).includes(one.value);
    else if (one.type === "radio") one.checked = value[partOf(one)] === one.value;
    else one.value = value[partOf(one)] ?? "";
  }
}

// What was typed and is not sent: in the browser's store, and in this page alone where a browser keeps nothing.
const drafts = {
  texts: new Map(),
  stays: true,
  read() {
    try {
      for (const key of Object.keys(localStorage).filter((key) => key.startsWith("door:"))) {
        const draft = JSON.parse(localStorage.getItem(key));
        if (!(draft?.at > Date.now() - DAYS)) localStorage.removeItem(key);
        else if (key.startsWith(prefix)) this.texts.set(key.slice(prefix.length), draft);
      }
    } catch { this.stays = false; }
  },
  get(name) { return this.texts.get(name); },
  set(name, value, base, tried) {
    const draft = { value, base, tried, at: Date.now() };
    this.texts.set(name, draft);
    try { localStorage.setItem(prefix + name, JSON.stringify(draft)); } catch { this.stays = false; }
  },
  drop(name) {
    this.texts.delete(name);
    try { localStorage.removeItem(prefix + name); } catch { /* it kept nothing */ }
  },
  waiting() { return [...this.texts.keys()].filter((name) => !stuck.has(name)); },
};

function say(state, words) {
  saved.className = state;
  saved.textContent = state === "saved" ? `${door.dataset.saved} ${new Date().toTimeString().slice(0, 5)}` : words || door.dataset[state];
  wipe.hidden = !drafts.texts.size || state === "saving";
}

function fault(field, words) {
  const line = document.getElementById(`e-${idOf(field.dataset.field)}`);
  line.textContent = words;
  line.hidden = !words;
  field.classList.toggle("wrong", !!words);
  for (const one of inputsOf(field)) {
    if (words) { one.setAttribute("aria-invalid", "true"); one.setAttribute("aria-describedby", line.id); } else one.removeAttribute("aria-invalid");
  }
}

function both(field) {
  if (field.querySelector(".both")) return;
  const line = document.createElement("p"), link = document.createElement("a");
  line.className = "note both";
  link.href = `${location.pathname}#two-${idOf(field.dataset.field)}`;
  link.textContent = door.dataset.both;
  link.addEventListener("click", (event) => { event.preventDefault(); flush().then(() => { location.hash = `two-${idOf(field.dataset.field)}`; location.reload(); }); });
  line.append(link);
  field.append(line);
}

// The answer of the door, or null where the line is broken, or something else answers in its place.
async function asked(name, value, base) {
  const broken = new AbortController();
  const slow = setTimeout(() => { if (!waited) say("slow"); }, SLOW), end = setTimeout(() => broken.abort(), PATIENCE);
  try {
    const answer = await fetch(`${home}/field/${encodeURIComponent(name)}`, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ value, base }), redirect: "error", signal: broken.signal });
    return { status: answer.status, said: await answer.json().catch(() => ({})) };
  } catch {
    return null;
  } finally {
    clearTimeout(slow);
    clearTimeout(end);
  }
}

// True if the door has answered: it took the text, or said why not.
async function send(name) {
  const draft = drafts.get(name), field = fieldOf(name);
  // A text whose receipt nobody heard goes again before a newer one: the door may have it, and would take the newer for another's.
  const value = draft.tried ?? draft.value;
  drafts.set(name, draft.value, draft.base, value);
  if (!waited) say("saving");
  const answer = await asked(name, value, draft.base);
  if (!answer) return false;
  const { status, said } = answer;
  if (status === 200 && Number.isInteger(said.revision)) return taken(name, field, value, said);
  if (status === 422 && field) {
    answered(name, value, draft.base);
    fault(field, said.fault || "");
    say("refused");
    return true;
  }
  if (![403, 404, 410, 422].includes(status)) return false;
  stuck.add(name);
  show(said.fault || door.dataset.gone);
  return true;
}

// True if nothing newer was typed than what the door answered to.
function answered(name, value, base) {
  const newer = drafts.get(name)?.value ?? value, isNewest = JSON.stringify(newer) === JSON.stringify(value);
  if (isNewest) drafts.drop(name); else drafts.set(name, newer, base);
  return isNewest;
}

function taken(name, field, value, said) {
  const isNewest = answered(name, value, said.revision);
  if (field) {
    if (isNewest) for (const one of inputsOf(field)) { one.defaultValue = one.value; one.defaultChecked = one.checked; } // what is wiped later goes back to this
    field.dataset.base = said.revision;
    const base = field.querySelector(`input[name="base:${CSS.escape(name)}"]`);
    if (base) base.value = said.revision;
    fault(field, said.warning || "");
    document.getElementById(`r-${idOf(name)}`).textContent = said.said || "";
    if (said.beside) both(field);
  }
  if (!drafts.texts.size) { say(waited ? "sent" : "saved"); waited = false; }
  return true;
}

// Show what the door takes no more, so that nobody has to write it again elsewhere.
function show(words) {
  say("gone", words);
  unsent.replaceChildren();
  const head = document.createElement("h2");
  head.textContent = door.dataset.unsent;
  unsent.append(head, ...[...stuck].map((name) => {
    const text = document.createElement("div");
    text.className = "text";
    text.textContent = Object.values(drafts.get(name).value).flat().join("\n");
    return text;
  }));
  unsent.hidden = false;
}

async function sendAll() {
  for (let name; ([name] = drafts.waiting()).length && name;) {
    if (!(await send(name))) {
      waited = true;
      say("kept");
      retry = setTimeout(flush, AGAIN);
      return;
    }
  }
}

function flush() {
  clearTimeout(timer);
  clearTimeout(retry);
  run ??= sendAll().finally(() => { run = null; });
  return run;
}

function typed(event) {
  const field = event.target.closest(".field[data-field]");
  if (!field || event.target.disabled) return;
  const name = field.dataset.field;
  // What was kept was written on an older page: its base stays, so that what another wrote meanwhile is not overwritten.
  const before = drafts.get(name);
  drafts.set(name, valueOf(field), before?.base ?? Number(field.dataset.base), before?.tried);
  stuck.delete(name);
  count(field);
  conditions();
  clearTimeout(timer);
  timer = setTimeout(flush, event.type === "change" ? 0 : AFTER);
}

function count(field) {
  const most = Number(field.dataset.most), area = field.querySelector("textarea");
  if (!most || !area) return;
  let line = field.querySelector(".count");
  if (!line) {
    line = document.createElement("p");
    line.className = "count";
    area.after(line);
  }
  const words = area.value.split(/\s+/).filter(Boolean).length;
  line.textContent = door.dataset.count.replace("{count}", words).replace("{most}", most);
  line.classList.toggle("over", words > most);
}

function conditions() {
  for (const one of document.querySelectorAll("[data-if]")) {
    const premise = fieldOf(one.dataset.if);
    if (premise) one.hidden = valueOf(premise)[""] !== one.dataset.equals;
  }
}

// A button of the page waits until all is saved: a page that a broken line does not bring would take what was typed with it.
function pressed(event) {
  if (!drafts.waiting().length) return;
  event.preventDefault();
  flush().then(() => { if (!drafts.waiting().length) form.requestSubmit(event.submitter); });
}

function wiped() {
  for (const name of [...drafts.texts.keys()]) drafts.drop(name);
  stuck.clear();
  unsent.hidden = true;
  form?.reset();
  say("wiped");
}

drafts.read();
waited = drafts.texts.size > 0;
if (form) {
  for (const name of drafts.texts.keys()) if (fieldOf(name)) put(fieldOf(name), drafts.get(name).value);
  for (const field of document.querySelectorAll(".field[data-field]")) count(field);
  conditions();
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", pressed);
}
wipe.addEventListener("click", () => { if (confirm(door.dataset.sure)) wiped(); });
leave.addEventListener("submit", (event) => {
  if (!drafts.texts.size) return;
  event.preventDefault();
  flush().then(() => { if (!drafts.texts.size || confirm(door.dataset.sure)) { wiped(); leave.submit(); } });
});
addEventListener("beforeunload", (event) => { if (!drafts.stays && drafts.texts.size) event.preventDefault(); });
addEventListener("online", flush);
if (waited) flush();
