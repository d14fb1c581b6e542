// Hand in papers by parts that resume. Without this script the form sends the file whole.
//
// The form has the address of papers in data-papers, and words in data-sending ("{percent}"), data-waits (the line is
// broken), data-busy, data-empty, data-large, data-many, data-link, data-closed. In it: the fields `field` and `back`, a file, and an
// <output>.
"use strict";

(() => {
  const LARGEST = 25 * 1024 * 1024;
  const PICTURE = 1_000_000; // bytes from which a photograph is made smaller
  const SIDE = 2000; // the pixels of its longer side
  const FIRST_PART = 64 * 1024;
  const LARGEST_PART = 1024 * 1024;
  const QUICK = 3000; // milliseconds within which a part may go, so that the next is larger
  const SLOW = 12000; // from which the next one is smaller: the door waits 30 seconds for a part
  const PATIENCE = 45000; // after which a line that says nothing is broken
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  // A photograph as a smaller one, without where and when it was taken. Whatever cannot be drawn goes as it is.
  const shrunk = async (file) => {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < PICTURE) return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff"; // beneath what is transparent
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    } catch {
      return file;
    }
  };

  // The answer to a request, or null where the line is broken.
  const asked = async (method, path, body) => {
    try {
      const answer = await fetch(path, { method, body, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
      return { status: answer.status, said: await answer.json().catch(() => ({})) };
    } catch {
      return null;
    }
  };

  // Which papers were begun in this tab: nothing of it stays in a library's browser.
  const kept = {
    get(name) { try { return sessionStorage.getItem(name); } catch { return null; } },
    set(name, paper) { try { sessionStorage.setItem(name, paper); } catch { /* a browser that keeps nothing */ } },
    drop(name) { try { sessionStorage.removeItem(name); } catch { /* as above */ } },
  };

  class Upload {
    constructor(form, file, original) {
      this.form = form;
      this.path = form.dataset.papers;
      this.file = file;
      this.field = form.elements.namedItem("field").value;
      this.kept = `paper ${location.pathname} ${this.field} ${original.name} ${original.size} ${original.lastModified}`;
    }

    say(word, percent) {
      const words = this.form.dataset[word] || "";
      this.form.querySelector("output").textContent = words.replace("{percent}", String(percent ?? ""));
    }

    // Ask until there is an answer: a broken line and a full door are waited out.
    async until(method, path, body) {
      for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
        const answer = await asked(method, path, typeof body === "function" ? body() : body);
        if (answer && answer.status !== 503) return answer;
        this.say(answer ? "busy" : "waits");
        await pause(answer && answer.said.again ? answer.said.again * 1000 : wait);
      }
    }

    // Where a paper goes on that was begun before, also before this page was loaded anew.
    async begun() {
      const paper = kept.get(this.kept);
      if (!paper) return null;
      const answer = await this.until("GET", `${this.path}/${paper}`);
      const fits = answer.status === 200 && answer.said.size === this.file.size && !answer.said.sha256;
      return fits ? { paper, received: answer.said.received } : null;
    }

    async begin() {
      const said = JSON.stringify({ field: this.field, name: this.file.name, size: this.file.size });
      const answer = await this.until("POST", this.path, said);
      if (answer.status !== 201) throw new Error((answer.said.code || "LINK").toLowerCase());
      kept.set(this.kept, answer.said.paper);
      return answer.said;
    }

    async send() {
      if (!this.file.size) throw new Error("empty");
      if (this.file.size > LARGEST) throw new Error("large");
      let { paper, received } = (await this.begun()) || (await this.begin());
      let size = FIRST_PART;
      while (received < this.file.size) {
        this.say("sending", Math.floor((100 * received) / this.file.size));
        const since = Date.now();
        const answer = await asked("PUT", `${this.path}/${paper}/${received}`, this.file.slice(received, received + size));
        const took = Date.now() - since;
        if (answer && answer.status === 200) {
          received = answer.said.received;
          if (took < QUICK) size = Math.min(size * 2, LARGEST_PART);
          if (took > SLOW) size = Math.max(size / 2, FIRST_PART / 4);
          continue;
        }
        if (answer && ![409, 503].includes(answer.status)) throw new Error((answer.said.code || "LINK").toLowerCase());
        if (!answer) size = Math.max(size / 2, FIRST_PART / 4);
        this.say(answer && answer.status === 503 ? "busy" : "waits");
        await pause(answer && answer.said.again ? answer.said.again * 1000 : 2000);
        const there = await this.until("GET", `${this.path}/${paper}`);
        if (there.status !== 200) throw new Error((there.said.code || "LINK").toLowerCase());
        received = there.said.received;
      }
      const whole = await this.until("POST", `${this.path}/${paper}/whole`);
      kept.drop(this.kept);
      if (whole.status !== 200) throw new Error((whole.said.code || "LINK").toLowerCase());
    }
  }

  const enhance = (form) => {
    const input = form.elements.namedItem("file");
    form.addEventListener("submit", async (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      for (const original of [...input.files]) {
        const upload = new Upload(form, await shrunk(original), original);
        try {
          await upload.send();
        } catch (fault) {
          upload.say(fault.message in form.dataset ? fault.message : "busy");
          button.disabled = false;
          return;
        }
      }
      location.assign(form.elements.namedItem("back").value);
    });
  };

  document.querySelectorAll("form[data-papers]").forEach(enhance);
})();
