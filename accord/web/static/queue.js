// The bar of what is ticked: it offers the acts that every ticked line allows, and says the sums that the server adds up.
"use strict";
const form = () => document.querySelector(".ticking");
const boxes = () => [...document.querySelectorAll(".ticking input[name=p]")];
let asked = 0;

async function addUp(ticked) {
  const mine = ++asked;
  const query = new URLSearchParams(ticked.map((one) => ["p", one.value]));
  const answer = await fetch(`/ticked?${query}`, { headers: { "Accord-Attended": "no" } });
  if (answer.ok && mine === asked) document.getElementById("ticked").textContent = await answer.text();
}

function offer() {
  if (!form() || !form().querySelector(".bulk")) return;
  const ticked = boxes().filter((one) => one.checked);
  const all = document.getElementById("all");
  all.hidden = false;
  all.checked = ticked.length > 0 && ticked.length === boxes().length;
  all.indeterminate = ticked.length > 0 && !all.checked;
  if (!ticked.length) return;
  const allowed = ticked.map((one) => one.dataset.acts.split(" "));
  const buttons = [...form().querySelectorAll("button[name=act]")];
  for (const one of buttons) one.hidden = !allowed.every((acts) => acts.includes(one.value));
  const menu = form().querySelector(".bulk .menu");
  if (menu) menu.hidden = !menu.querySelector("button:not([hidden])");
  document.getElementById("none").hidden = buttons.some((one) => !one.hidden);
  addUp(ticked);
}

document.addEventListener("change", (event) => {
  if (event.target.id === "all") for (const one of boxes()) one.checked = event.target.checked;
  if (event.target.id === "all" || event.target.name === "p") offer();
});
new MutationObserver(() => {
  if (document.getElementById("all")?.hidden) offer();
}).observe(document.querySelector("[data-live=queue]"), { childList: true });
offer();
