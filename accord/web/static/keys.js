// Keys for whoever works through lists: j and k to the next line and the one before, Enter opens it, / goes to the search.
// They can be turned off, for whoever speaks to the computer. An open menu closes behind whoever tabs on, and by Escape.
"use strict";
const typing = (one) => one.matches("input, select, textarea, button, summary");
const off = () => localStorage.getItem("keys") === "off";

document.addEventListener("keydown", (event) => {
  if (off() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("jump").focus();
  }
  if (event.key !== "j" && event.key !== "k") return;
  const lines = [...document.querySelectorAll("tbody tr a[href^='/P-'], tbody tr td:first-child a")];
  const here = lines.indexOf(document.activeElement);
  const next = lines[event.key === "j" ? here + 1 : Math.max(0, here - 1)];
  if (next) next.focus();
});

document.addEventListener("keyup", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (!menu || (event.key !== "Escape" && event.key !== "Tab")) return;
  const within = menu.contains(document.activeElement);
  if (event.key === "Escape" && within) menu.querySelector("summary").focus();
  if (event.key === "Escape" || !within) menu.open = false;
});

const turn = document.getElementById("keys");
const say = () => { turn.textContent = off() ? "Turn these keys on" : "Turn these keys off"; };
turn.addEventListener("click", () => {
  localStorage.setItem("keys", off() ? "on" : "off");
  say();
});
turn.hidden = false;
say();
