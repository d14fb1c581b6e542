// Keep the page as the lists are. An event bears the ledger's position; the server is asked for the page itself, and only the
// parts that differ are replaced, never one that holds the focus.
"use strict";
const told = document.getElementById("live");
const source = new EventSource("/live");
let waiting = false;

async function refresh(position) {
  waiting = false;
  const answer = await fetch(location.href, { headers: { Accept: "text/html", "Accord-Attended": "no" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    const busy = part.contains(document.activeElement) || part.querySelector("input:checked");
    if (other && other.innerHTML !== part.innerHTML && !busy) {
      part.replaceChildren(...other.childNodes);
      told.textContent = `The page was brought up to date at position ${position}.`;
    }
  }
  document.documentElement.dataset.position = position;
}

source.onmessage = (event) => {
  if (waiting) return;
  waiting = true;
  setTimeout(() => refresh(event.data), document.hidden ? 5000 : 200);
};
