// The SHA-256 of a document that is chosen stands in its field; the document stays here.
"use strict";
for (const chosen of document.querySelectorAll("input[data-digest]")) {
  chosen.hidden = false;
  chosen.addEventListener("change", async () => {
    if (!chosen.files.length) return;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await chosen.files[0].arrayBuffer()));
    document.getElementById(chosen.dataset.digest).value = [...digest].map((one) => one.toString(16).padStart(2, "0")).join("");
  });
}
