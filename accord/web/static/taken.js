// A file that is taken leaves its page as it was. Look again, once the browser has it, so that the page says what is so.
"use strict";
for (const form of document.querySelectorAll("form[data-take]"))
  form.addEventListener("submit", () => setTimeout(() => location.reload(), 1500));
