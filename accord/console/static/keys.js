// Keys for whoever works through lists: j and k to the next line and the one before, Enter opens it, / goes to the search.
"use strict";
const typing = (one) => one.matches("input, select, textarea, button, summary");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("jump").focus();
  }
  if (event.key !== "j" && event.key !== "k") return;
  const lines = [...document.querySelectorAll("tbody tr td a[href^='/P-'], tbody tr td:first-child a")];
  const here = lines.indexOf(document.activeElement);
  const next = lines[event.key === "j" ? here + 1 : Math.max(0, here - 1)];
  if (next) next.focus();
});
