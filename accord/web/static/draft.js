// Save a draft by itself, field by field, and bring what depends on it up to date: only parts that differ are replaced, never one
// in which somebody types, unless they asked for it. Without this script the form's own buttons do the same.
"use strict";
const form = document.getElementById("draft");
const saved = document.getElementById("saved");
const dirty = new Map();
let edits = 0;
let queue = Promise.resolve();
let waiting = 0;
let leaving = false;
let following = false;
let timer;

document.documentElement.classList.add("scripted");

function sent(names, act) {
  const all = new FormData(form), part = new URLSearchParams([["step", all.get("step")], ["do", act]]);
  for (const [name, value] of all) if (names.has(name === "on" ? value : name)) part.append(name, value);
  return part;
}

async function post(act, then) {
  const names = new Map(dirty);
  saved.textContent = saved.dataset.saving;
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent(names, act) });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.getElementById("draft")) throw answer;
    for (const [name, edit] of names) if (dirty.get(name) === edit) dirty.delete(name);
    refresh(fresh, then);
    saved.textContent = dirty.size ? "" : saved.dataset.saved;
  } catch {
    saved.textContent = saved.dataset.lost;
  }
}

function replace(part, other) {
  const fresh = document.importNode(other, true);
  for (const one of part.querySelectorAll("[name]")) {
    const same = dirty.has(one.name) && one.id && fresh.querySelector(`#${one.id}`);
    if (same) [same.value, same.checked] = [one.value, one.checked];
  }
  part.replaceWith(fresh);
}

function refresh(fresh, then) {
  for (const part of document.querySelectorAll("[data-part], .told")) {
    const name = part.dataset.part, other = name ? fresh.querySelector(`[data-part="${name}"]`) : fresh.getElementById(part.id);
    const busy = part.contains(document.activeElement) || [...part.querySelectorAll("[name]")].some((one) => dirty.has(one.name));
    if (!part.isConnected || !other || other.outerHTML === part.outerHTML) continue;
    if (!busy || (name && then.force === name)) replace(part, other);
  }
  for (const other of fresh.querySelectorAll("#draft [id]")) {
    const one = document.getElementById(other.id);
    for (const name of one ? ["aria-invalid", "aria-describedby"] : []) {
      if (other.hasAttribute(name)) one.setAttribute(name, other.getAttribute(name));
      else one.removeAttribute(name);
    }
    if (one && one !== document.activeElement && one.name?.startsWith("is:") && !dirty.has(one.name)) one.checked = other.checked;
  }
  if (then.focus) document.getElementById(then.focus)?.focus();
}

function keep(act, then = {}) {
  clearTimeout(timer);
  if (act === "save" && following) return; // it sends all that is typed by then
  following = act === "save";
  waiting += 1;
  queue = queue.then(() => { following = false; return post(act, then); }).finally(() => { waiting -= 1; });
}

form.addEventListener("input", (event) => {
  if (!event.target.name || "still" in event.target.dataset) return;
  dirty.set(event.target.name, edits += 1);
  saved.textContent = "";
  clearTimeout(timer);
  timer = setTimeout(() => keep("save"), 800);
});

form.addEventListener("change", (event) => {
  if (dirty.has(event.target.name)) keep("save");
});

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && "here" in button.dataset) {
    event.preventDefault();
    keep(button.value, { force: button.closest("[data-part]")?.dataset.part, focus: button.dataset.next });
  } else if (leaving) {
    event.preventDefault();
  } else if (waiting) {
    event.preventDefault();
    leaving = true;
    queue.then(() => { leaving = false; form.requestSubmit(button); });
  }
});

// True if somebody filled a field in before this script was there.
function differs(one) {
  if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
  if (one.matches("select")) return one.selectedIndex !== Math.max(0, [...one.options].findIndex((choice) => choice.defaultSelected));
  return one.value !== one.defaultValue;
}

for (const one of form.querySelectorAll("input[name], select[name], textarea[name]")) {
  if (!("still" in one.dataset) && differs(one)) dirty.set(one.name, edits += 1);
}
if (dirty.size) keep("save");
