// Save each answer by itself. While there is no connection, what was typed stays in this browser, and is sent on return.
// Without this script the buttons of the page save the same.
"use strict";
const door = document.getElementById("door");
const saved = document.getElementById("saved");
const form = document.getElementById("answers");
const home = door.dataset.home;
const prefix = `door:${home}:`;
const AFTER = 900, AGAIN = 10000;
const timers = new Map();
let queue = Promise.resolve();
let retry;

const fieldOf = (name) => document.querySelector(`.field[data-field="${CSS.escape(name)}"]`);
const idOf = (name) => name.replaceAll(".", "-");

function say(state) {
  saved.className = state;
  saved.textContent = state === "saved" ? `${door.dataset.saved} ${new Date().toTimeString().slice(0, 5)}` : door.dataset[state];
}

function inputsOf(field) {
  return [...field.querySelectorAll("input:not([type=hidden]), textarea")];
}

function valueOf(field) {
  const value = {};
  for (const one of inputsOf(field)) {
    const part = one.name.includes(":") ? one.name.slice(one.name.indexOf(":") + 1) : "";
    if (one.type === "checkbox") (value[part] ??= []).push(...(one.checked ? [one.value] : []));
    else if (one.type !== "radio") value[part] = one.value;
    else if (one.checked) value[part] = one.value;
  }
  return value;
}

function put(field, value) {
  for (const one of inputsOf(field)) {
    const part = one.name.includes(":") ? one.name.slice(one.name.indexOf(":") + 1) : "";
    if (one.type === "checkbox") one.checked = (value[part] || []).includes(one.value);
    else if (one.type === "radio") one.checked = value[part] === one.value;
    else one.value = value[part] ?? "";
  }
}

const drafts = {
  all() {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)); } catch { return []; }
  },
  get(name) { try { return JSON.parse(localStorage.getItem(prefix + name)); } catch { return null; } },
  set(name, draft) { try { localStorage.setItem(prefix + name, JSON.stringify(draft)); } catch { /* a browser that keeps nothing */ } },
  drop(name, draft) { if (!draft || JSON.stringify(this.get(name)) === JSON.stringify(draft)) try { localStorage.removeItem(prefix + name); } catch { /* as above */ } },
};

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

async function send(name) {
  const draft = drafts.get(name) || (fieldOf(name) && { value: valueOf(fieldOf(name)), base: Number(fieldOf(name).dataset.base) });
  if (!draft) return;
  say("saving");
  let answer;
  try {
    answer = await fetch(`${home}/field/${encodeURIComponent(name)}`, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(draft) });
  } catch {
    return later();
  }
  if (answer.status === 429 || answer.status >= 500) return later();
  if (answer.status === 404) return say("gone");
  const said = await answer.json().catch(() => ({}));
  const field = fieldOf(name);
  drafts.drop(name, draft);
  if (!answer.ok) {
    if (field && said.fault) fault(field, said.fault);
    return say("refused");
  }
  taken(name, field, draft, said);
}

function taken(name, field, draft, said) {
  const newer = drafts.get(name);
  if (newer) drafts.set(name, { ...newer, base: said.revision });
  if (field) {
    field.dataset.base = said.revision;
    const base = field.querySelector(`input[name="base:${CSS.escape(name)}"]`);
    if (base) base.value = said.revision;
    fault(field, said.warning || "");
    document.getElementById(`r-${idOf(name)}`).textContent = said.said || "";
    if (said.beside) both(field);
  }
  say("saved");
}

function later() {
  say("kept");
  clearTimeout(retry);
  retry = setTimeout(flush, AGAIN);
}

function flush() {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  for (const name of drafts.all()) queue = queue.then(() => send(name));
  return queue;
}

function typed(event) {
  const field = event.target.closest(".field[data-field]");
  if (!field || event.target.disabled) return;
  const name = field.dataset.field;
  drafts.set(name, { value: valueOf(field), base: Number(field.dataset.base) });
  count(field);
  conditions();
  clearTimeout(timers.get(name));
  timers.set(name, setTimeout(() => { timers.delete(name); queue = queue.then(() => send(name)); }, event.type === "change" ? 0 : AFTER));
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

if (form) {
  for (const field of document.querySelectorAll(".field[data-field]")) count(field);
  for (const name of drafts.all()) if (fieldOf(name)) put(fieldOf(name), drafts.get(name).value);
  conditions();
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => { for (const timer of timers.values()) clearTimeout(timer); for (const field of document.querySelectorAll(".field[data-field]")) drafts.drop(field.dataset.field); });
}
addEventListener("online", flush);
if (drafts.all().length) flush().then(() => { if (!drafts.all().length) saved.textContent = door.dataset.sent; });
