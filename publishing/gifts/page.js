
"use strict";
// The data lie in the page; the root and the key come from whoever reads it. Nothing is fetched.
const data = JSON.parse(document.getElementById("data").textContent);
const said = JSON.parse(data.statement);
const FORM = "accord.gift/1";

// Bytes, digests, sums -----------------------------------------------------------------------------------------------
const bytes = (text) => new TextEncoder().encode(text);
const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const hex = (content) => [...content].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const joined = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));

function units(text) {
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || /[1-9]/.test(part.slice(said.digits))) throw new Error(`${text} is no sum`);
  return BigInt(sign + whole + part.slice(0, said.digits).padEnd(said.digits, "0"));
}

function money(amount) {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(said.digits + 1, "0");
  const whole = digits.slice(0, digits.length - said.digits).replace(/\B(?=(\d{3})+$)/g, ",");
  const part = said.digits ? `.${digits.slice(-said.digits)}` : "";
  return `${amount < 0n ? "−" : ""}${said.currency}\u00a0${whole}${part}`;
}

// The ledger's tree (RFC 9162, 2.1.3.2) and its leaves ---------------------------------------------------------------
async function rootOver(leaf, index, size, proof) {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return null;
  let here = index, last = size - 1, node = leaf;
  for (const step of proof.map(fromBase64)) {
    if (last === 0) return null;
    if (here % 2 || here === last) {
      node = await sha256([1], step, node);
      while (here % 2 === 0 && here) { here /= 2; last = Math.floor(last / 2); }
    } else {
      node = await sha256([1], node, step);
    }
    here = Math.floor(here / 2); last = Math.floor(last / 2);
  }
  return last === 0 ? hex(node) : null;
}

async function leafOf(event) {
  const [meta, payload] = [hex(await sha256(bytes(event.meta))), hex(await sha256(bytes(event.payload)))];
  const written = JSON.stringify;
  return hex(await sha256([0], bytes(
    `{"command_id":${written(event.command_id)},"event_id":${written(event.event_id)},` +
    `"event_type":${written(event.event_type)},"meta_sha256":"${meta}","payload_sha256":"${payload}",` +
    `"position":${Number(event.position)},"recorded_at":${written(event.recorded_at)},` +
    `"schema_version":${Number(event.schema_version)},"stream_id":${written(event.stream_id)},` +
    `"version":${Number(event.version)}}`)));
}

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const stands = async (line, root) => {
  const proof = data.proofs[line.position];
  return Boolean(proof) && await rootOver(fromHex(line.leaf), line.position - 1, said.size, proof) === root;
};

// What a line does to the gift ---------------------------------------------------------------------------------------
const EFFECTS = {
  GiftFundOpened: (fields) => ({ kind: "opened", gift: fields.gift }),
  GiftReceived: (fields) => ({ kind: "received", gift: fields.partnership, amount: fields.amount }),
  GiftReversed: (fields) => ({ kind: "returned", gift: fields.partnership, amount: fields.amount }),
  FundsReserved: (fields) => ({ kind: "reserved", use: fields.partnership, amount: fields.amount, until: fields.until }),
  ReservationMoved: (fields) => ({ kind: "lapse", use: fields.partnership, until: fields.until }),
  FundsCommitted: (fields) => ({ kind: "committed", use: fields.partnership, amount: fields.amount }),
  FundsSpent: (fields) => ({ kind: "spent", use: fields.partnership, amount: fields.amount }),
  PaymentCameBack: (fields) => ({ kind: "came_back", use: fields.partnership, amount: fields.amount }),
  FundsFreed: (fields) => ({ kind: "freed", use: fields.partnership, reserved: fields.reserved, committed: fields.committed }),
};
const wholeOf = (line) => line.says ? null : data.whole[line.position];
const effectOf = (line) => {
  if (line.says) return line.says;
  const event = wholeOf(line);
  return event && EFFECTS[event.event_type] ? EFFECTS[event.event_type](JSON.parse(event.payload)) : { kind: "unknown" };
};
const dayOf = (line) => line.says ? line.on : (JSON.parse(wholeOf(line)?.payload ?? "{}").at ?? "").slice(0, 10);

function sumsOf(lines) {
  const sums = { received: 0n, added: 0n, returned: 0n, moved: 0n };
  const claims = new Map();
  for (const effect of lines.map(effectOf)) {
    if (effect.kind in sums) sums[effect.kind] += units(effect.amount);
    if (!effect.use) continue;
    const claim = claims.get(effect.use) ?? { reserved: 0n, committed: 0n, spent: 0n, until: null };
    claims.set(effect.use, claim);
    const amount = units(effect.amount ?? "0");
    if (effect.kind === "reserved") { claim.reserved += amount; claim.until = effect.until ?? null; }
    if (effect.kind === "lapse") claim.until = effect.until ?? null;
    if (effect.kind === "committed") { claim.reserved -= amount; claim.committed += amount; }
    if (effect.kind === "spent") { claim.committed -= amount; claim.spent += amount; }
    if (effect.kind === "came_back") { claim.committed += amount; claim.spent -= amount; }
    if (effect.kind === "freed") { claim.reserved -= units(effect.reserved ?? "0"); claim.committed -= units(effect.committed ?? "0"); }
    if (!claim.reserved) claim.until = null;
  }
  if (said.shared) return { sums: { received: sums.received, returned: sums.returned, together: sums.received - sums.returned }, claims };
  const now = Date.parse(said.as_of);
  const kept = { spent: 0n, committed: 0n, reserved: 0n };
  for (const claim of claims.values()) {
    const isOver = claim.until !== null && Date.parse(claim.until) <= now;
    kept.spent += claim.spent; kept.committed += claim.committed; kept.reserved += isOver ? 0n : claim.reserved;
  }
  const available = sums.received + sums.added - sums.returned - sums.moved - kept.spent - kept.committed - kept.reserved;
  return { sums: { ...sums, ...kept, available }, claims };
}

// The key and the checkpoint that the reader brings ------------------------------------------------------------------
async function keyIn(text) {
  for (const [, name, id, content] of text.matchAll(/(?:^|\s)([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})(?=\s|$)/g)) {
    const key = fromBase64(content);
    const digest = hex((await sha256(bytes(`${name}\n`), key)).slice(0, 4));
    if (key.length === 33 && key[0] === 1 && digest === id) return { name, id, public: key.slice(1) };
  }
  return null;
}

function checkpointIn(text) {
  const [, ledger, size, root, signatures] =
    /(?:^|\n)([^\s+]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n\n((?:— \S+ \S+(?:\n|$))+)/.exec(text) ?? [];
  return root ? { ledger, size: Number(size), root: hex(fromBase64(root)), text: `${ledger}\n${size}\n${root}\n`, signatures } : null;
}

async function isSignedBy(key, text, signatures) {
  const usable = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
  for (const [, name, content] of signatures.matchAll(/— (\S+) ([A-Za-z0-9+/=]+)/g)) {
    const signature = fromBase64(content);
    if (name !== key.name || hex(signature.slice(0, 4)) !== key.id) continue;
    if (await crypto.subtle.verify("Ed25519", usable, signature.slice(4), bytes(text))) return true;
  }
  return false;
}

// The checks, each with its sentence ---------------------------------------------------------------------------------
class Fault extends Error {}
const require = (holds, sentence) => { if (!holds) throw new Fault(sentence); };

async function outside(text) {
  require(crypto.subtle, "This browser gives pages from files no means to verify signatures. Open the page in another one.");
  const key = await keyIn(text), checkpoint = checkpointIn(text);
  require(key, "No public key of a ledger is in the text that you gave: one line with a name and two plus signs, copied whole.");
  require(checkpoint, "No checkpoint is in the text that you gave: a name, a number, a root, an empty line and a signature, each on its own line.");
  require(await isSignedBy(key, checkpoint.text, checkpoint.signatures), "The key that you gave did not sign the checkpoint that you gave: one of them was changed, or they are of different ledgers.");
  return { key, checkpoint };
}

function fits({ key, checkpoint }) {
  require(key.name === said.ledger && checkpoint.ledger === said.ledger, `Your root is of the ledger ${checkpoint.ledger}; this page is of ${said.ledger}.`);
  require(checkpoint.size >= said.size, `Your root is older than this page: it holds ${checkpoint.size} events, and the page speaks of ${said.size}. Ask for the checkpoint of ${said.size} events.`);
  require(checkpoint.size === said.size, `Your root is newer than this page: it holds ${checkpoint.size} events, and the page was made at ${said.size}. Ask for the checkpoint of ${said.size} events, or for a newer page.`);
  require(checkpoint.root === said.root, "Your root and this page’s differ over the same number of events: there are two histories. Keep both, and ask an auditor.");
}

async function signed({ key }) {
  require(await isSignedBy(key, `${FORM}\n${data.statement}\n`, data.signature), "The house did not sign this extract: something in it was changed after it was made.");
}

async function inTree(lines, root, marks) {
  const faults = [];
  for (const line of lines) {
    const event = wholeOf(line);
    let why = null;
    if (!line.says && "version" in line && !event) why = `The record at place ${line.position} is missing from this page.`;
    else if (event && await leafOf(event) !== line.leaf) why = `The record at place ${line.position} is not what the ledger holds: a sum, a day or a name in it was changed.`;
    else if (!await stands(line, root)) why = `What is said to stand at place ${line.position} does not stand in the ledger that you brought.`;
    marks.set(line, why);
    if (why) faults.push(why);
  }
  require(!faults.length, faults[0] + (faults.length > 1 ? ` And ${faults.length - 1} more.` : ""));
}

function complete(marks) {
  // A text or nothing in the place of a number compares with everything and to nothing.
  require(said.shared === true || (said.shared === false && Number.isSafeInteger(said.versions)), "The page has no number of the fund’s lines: whether one is omitted cannot be told.");
  require(said.lines.every((line) => [line.version, line.position].every(Number.isSafeInteger)), "A line of the page has no number of its own.");
  const faults = [], seen = new Set();
  const fault = (line, why) => { faults.push(why); if (line) marks.set(line, marks.get(line) ?? why); };
  let before = 0;
  for (const line of said.lines) {
    const event = wholeOf(line), effect = effectOf(line);
    if (seen.has(line.version)) fault(line, `Line ${line.version} of the fund stands here twice: a use is doubled.`);
    if (event && event.stream_id !== `fund/${said.fund}`) fault(line, `The record at place ${line.position} is of another fund, ${String(event.stream_id).replace("fund/", "")}: a use is borrowed.`);
    else if (event && (event.version !== line.version || event.position !== line.position)) fault(line, `The record at place ${line.position} is shown as another line than it is.`);
    if (effect.gift && effect.gift !== said.gift) fault(line, `The record at place ${line.position} is of another gift, ${effect.gift}.`);
    if (effect.kind === "unknown") fault(line, `The record at place ${line.position} is missing, or of a kind that this page does not know.`);
    if (line.position <= before) fault(line, `Line ${line.version} stands out of the ledger’s order.`);
    before = line.position;
    seen.add(line.version);
  }
  if (said.shared && said.fund === `FD-${said.gift}`) fault(null, "The fund is named after your gift, and the page says that it is shared with others.");
  if (!said.shared) {
    for (let version = 1; version <= said.versions; version += 1) if (!seen.has(version)) fault(null, `Line ${version} of the fund is missing: a use, or what came in, is omitted.`);
    if (seen.size > said.versions) fault(null, `The page shows ${seen.size} lines, and the house signed for ${said.versions}.`);
  }
  require(!faults.length, faults[0] + (faults.length > 1 ? ` And ${faults.length - 1} more.` : ""));
}

function addUp() {
  require(!Number.isNaN(Date.parse(said.as_of)), "The page does not say as of when it is.");
  const { sums } = sumsOf(said.lines);
  for (const [name, amount] of Object.entries(sums)) {
    require(units(said.sums[name] ?? "0") === amount, `The lines come to ${money(amount)} (${WORDS[name].toLowerCase()}), and the page says ${money(units(said.sums[name] ?? "0"))}.`);
  }
  const broken = Object.keys(sums).find((name) => name !== "available" && sums[name] < 0n);
  require(!broken, `A sum is below zero: ${broken && WORDS[broken].toLowerCase()}.`);
}

function booked() {
  const { sums, claims } = sumsOf(said.lines);
  const wanted = new Map([["", sums.received - sums.returned]]);
  if (!said.shared) for (const [use, claim] of claims) wanted.set(use, claim.spent);
  const seen = new Set();
  for (const booking of said.bookings) {
    const key = `${booking.use} ${booking.position}`;
    require(!seen.has(key), `The booking at place ${booking.position} is counted twice.`);
    seen.add(key);
    require(wanted.has(booking.use), `The booking at place ${booking.position} is of ${booking.use}, which this gift did not pay: it is borrowed.`);
    wanted.set(booking.use, wanted.get(booking.use) - units(booking.amount));
  }
  for (const [use, rest] of wanted) {
    const awaited = units(said.awaited[use] ?? "0");
    require(rest === awaited, `The bank’s bookings for ${use ? nameOf(use) : "your gift"} and the lines of the fund differ by ${money(rest - awaited)}.`);
  }
}

async function verify(text) {
  const marks = new Map(), results = [];
  let brought = null;
  const check = async (title, work, holds) => {
    try { await work(); results.push({ title, ok: true, why: holds }); return true; }
    catch (fault) {
      const why = fault instanceof Fault ? fault.message : fault?.name === "NotSupportedError" ? "This browser cannot verify such signatures (Ed25519). Open the page in a newer one." : `The page cannot be read here: ${fault?.message ?? fault}`;
      results.push({ title, ok: false, why }); return false;
    }
  };
  const isOutside = await check("The root comes from outside", async () => { brought = await outside(text); }, "The checkpoint that you brought bears the signature of the key that you brought.");
  if (!isOutside || !await check("This page was made for that root", () => fits(brought), `Both speak of the first ${said.size} events of ${said.ledger}.`)) return { marks, results };
  const root = brought.checkpoint.root;
  const isSigned = await check("The extract bears our signature", () => signed(brought), "What rests on our signature was signed with the same key, and not changed since.");
  await check("Every line stands in the ledger", () => inTree([...said.lines, ...said.bookings, ...said.reports], root, marks), `${said.lines.length + said.bookings.length + said.reports.length} places were computed from the page up to your root.`);
  const onOurWord = [...said.lines.filter((line) => line.says), ...said.bookings, ...said.reports];
  if (!isSigned) for (const line of onOurWord) marks.set(line, marks.get(line) ?? "It rests on our signature, and that does not hold.");
  await check(said.shared ? "No line is doubled or borrowed" : "No use is omitted, doubled or borrowed", () => complete(marks), said.shared ? "Each line is of your gift and stands once." : `The fund’s lines 1 to ${said.versions} are all here, each once, and all of this fund.`);
  await check("The sums add up", addUp, said.shared ? "What came in is what went back and what is in the fund." : "What came in is what was used, kept, returned and is still there, to the last cent.");
  await check("The bank’s bookings are these payments", booked, "Each booking counts once, and together they are what was paid.");
  return { marks, results };
}

// The page ------------------------------------------------------------------------------------------------------------
const WORDS = {
  received: "You gave", added: "Added by us to the same fund", spent: "Paid to grants", committed: "Promised by signed agreements",
  reserved: "Kept for approved grants", returned: "Went back, or was set apart", moved: "Moved to another fund",
  available: "Still there", together: "Went into a fund with the money of others",
};
const PARTS = said.shared ? ["together", "returned"] : ["spent", "committed", "reserved", "available", "returned", "moved"];
const by = (id) => document.getElementById(id);
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}
const nameOf = (use) => said.uses[use]?.title ?? (use.startsWith("unnamed") ? "a grant that we do not publish" : `grant ${use}`);
const day = (text) => element("time", { datetime: text }, new Date(`${text}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }));
const mark = (ok) => element("span", { class: `mark ${ok === null ? "" : ok ? "good" : "bad"}` },
  element("span", { "aria-hidden": "true" }, ok === null ? "–" : ok ? "✓" : "✗"), ok === null ? "not checked" : ok ? "holds" : "fails");

const SENTENCES = {
  opened: () => "A fund of its own was opened for your gift",
  received: () => "Money of your gift came in",
  returned: () => "Money of your gift went back, or was set apart",
  added: () => "We added money from elsewhere",
  moved: () => "Money was moved to another fund",
  reserved: () => "A part was kept for this grant once it was approved",
  lapse: (effect) => effect.until ? `It is kept until ${effect.until.slice(0, 10)}, unless it is agreed before` : "It is kept without an end for now",
  committed: () => "It was promised by a signed agreement",
  spent: () => "It was paid to the grantee",
  came_back: () => "A payment, or a part of it, came back",
  freed: () => "What was kept for this grant became free again",
  nothing: () => "Recorded in the fund; it moves no money",
  unknown: () => "A line that is missing from this page",
};
const sumOf = (effect) => {
  if (effect.kind === "freed") return money(units(effect.reserved ?? "0") + units(effect.committed ?? "0"));
  return effect.amount ? money(units(effect.amount)) : "";
};

function row(on, words, amount, isWhole, line, marks) {
  const why = marks?.get(line) ?? null;
  return element("tr", {},
    element("th", { scope: "row" }, element("span", {}, words), why ? element("span", { class: "why" }, why) : null),
    element("td", { "data-label": "Day" }, on ? day(on) : ""),
    element("td", { "data-label": "Sum", class: "number" }, amount),
    element("td", { "data-label": "Rests on", class: "rests" }, isWhole ? "the ledger" : "our signature"),
    element("td", { "data-label": "Check" }, mark(marks ? (marks.has(line) ? !why : null) : null)));
}

function rowsOf(use, marks) {
  const rows = said.lines.filter((line) => (effectOf(line).use ?? "") === use).map((line) => {
    const effect = effectOf(line);
    return [line.position, row(dayOf(line), SENTENCES[effect.kind](effect), sumOf(effect), !line.says, line, marks)];
  });
  for (const booking of said.bookings.filter((booking) => booking.use === use)) {
    const amount = units(booking.amount), isBack = use ? amount < 0n : amount > 0n;
    rows.push([booking.position, row(booking.on, isBack ? "The bank booked that it came in" : "The bank booked that it left", money(amount < 0n ? -amount : amount), false, booking, marks)]);
  }
  for (const report of said.reports.filter((report) => report.use === use)) {
    rows.push([report.position, row(report.on, `Report ${report.number} of the grantee was accepted`, "", false, report, marks)]);
  }
  return rows.sort((one, other) => one[0] - other[0]).map((pair) => pair[1]);
}

function section(use, marks) {
  const id = use ? `use-${use}` : "gift", words = said.uses[use];
  const title = use ? nameOf(use) : "Your gift, from the agreement on";
  const reference = use && !use.startsWith("unnamed") ? element("span", { class: "whole" }, use) : null;
  const about = use ? [words?.recipient ? `${words.recipient} · ` : null, reference] : [];
  const head = ["What", "Day", "Sum", "Rests on", "Check"].map((name) => element("th", { scope: "col", class: name === "Sum" ? "number" : null }, name));
  return element("section", { class: "card", "aria-labelledby": id },
    element("h2", { id }, title[0].toUpperCase() + title.slice(1)),
    reference ? element("p", { class: "quiet" }, ...about) : null,
    element("table", { class: "lines" }, element("caption", { class: "off" }, `Lines of ${title}`), element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rowsOf(use, marks))));
}

function tell() {
  const { sums, claims } = sumsOf(said.lines);
  const paid = [...claims.values()].filter((claim) => claim.spent).length;
  const purpose = said.purpose ? `, for: “${said.purpose}”` : "";
  const sentences = [`You gave ${money(sums.received)}${purpose}.`];
  if (said.shared) sentences.push(`It went into a fund in which the money of several donors lies together. Money bears no name there: nobody can say which grant yours paid, and this page does not pretend to.`);
  else {
    if (sums.spent) sentences.push(`${money(sums.spent)} was paid to ${paid === 1 ? "one grant" : `${paid} grants`}.`);
    if (sums.committed) sentences.push(`${money(sums.committed)} is promised by signed agreements.`);
    if (sums.reserved) sentences.push(`${money(sums.reserved)} is kept for grants that are approved.`);
    sentences.push(sums.available < 0n ? `The fund is short by ${money(-sums.available)}.` : sums.available ? `${money(sums.available)} is still there.` : "Nothing of it waits.");
  }
  if (sums.returned) sentences.push(`${money(sums.returned)} went back, or was set apart as the law asks.`);
  return sentences.join(" ");
}

function show(marks) {
  const { sums } = sumsOf(said.lines);
  by("story").textContent = tell();
  const line = (name, kind) => element("tr", { class: kind }, element("th", { scope: "row" }, WORDS[name]), element("td", { class: "number" }, money(sums[name])));
  const rows = [line("received", "given")];
  if (sums.added) rows.push(line("added", null));
  for (const name of PARTS) if (sums[name] || ["spent", "available", "together"].includes(name)) rows.push(line(name, null));
  rows.push(element("tr", { class: "total" }, element("th", { scope: "row" }, "Together, which is what came in"), element("td", { class: "number" }, money(PARTS.reduce((sum, name) => sum + sums[name], 0n)))));
  by("sums").replaceChildren(...rows);
  by("became").hidden = false;
  const uses = ["", ...new Set(said.lines.map((one) => effectOf(one).use).filter(Boolean))];
  by("uses").replaceChildren(...uses.map((use) => section(use, marks)));
}

function print({ marks, results }) {
  const failed = results.filter((result) => !result.ok).length;
  by("verdict").className = failed ? "bad" : "good";
  by("verdict").textContent = failed
    ? `${failed === 1 ? "One check fails" : `${failed} checks fail`}. Do not rely on this page before you know why.`
    : "Everything that can be checked holds.";
  by("checks").replaceChildren(...results.map((result) => element("li", {}, mark(result.ok), element("strong", {}, result.title), element("p", { class: result.ok ? "quiet" : "why" }, result.why))));
  draw(marks);
}

function draw(marks) {
  try { show(marks); } catch { by("story").textContent = "A sum or a line of this page cannot be read: it was changed."; }
}

by("house").textContent = said.house;
by("title").textContent = `Your gift ${said.gift}`;
document.title = `Your gift ${said.gift}`;
by("size").textContent = String(said.size);
by("sums-note").textContent = `As of ${said.as_of.slice(0, 10)}. Agreed were ${money(units(said.agreed))}. Every sum is computed here, from the lines below.`;
by("others").textContent = said.shared
  ? "Of others who gave to the same fund, this page holds neither a name nor a sum nor a line."
  : "A grant may be paid by several funds. What others paid to it is not on this page; where the whole of a grant is public, the difference is what all of them paid together. What we added to your fund is one sum, whatever fund it came from.";
if (said.shared) by("between").textContent = "Between the lines of your gift stand those of others, which are not here: that none of them is yours, we sign.";
by("made").textContent = `Made of the first ${said.size} events of ${said.ledger}, with the root ${said.root}. Do not compare with this root: bring your own.`;
by("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  print(await verify(by("given").value.split(/\r?\n/).map((line) => line.trim()).join("\n")));
});
by("files").addEventListener("change", async () => {
  const texts = await Promise.all([...by("files").files].map((file) => file.text()));
  by("given").value = [by("given").value, ...texts].map((text) => text.trim()).filter(Boolean).join("\n\n");
});
draw(null);
