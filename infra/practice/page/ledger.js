// The ledger as it grows.
import { byId, el } from "./dom.js";

const seen = new Set();
let first = true, unseen = 0;

const STRONG = ["deterministic", "confirmed", "exact"], WEAK = ["inferred", "ambiguous"];

function pill(word) {
  if (!word) return null;
  const kind = STRONG.includes(word) ? "strong" : WEAK.includes(word) ? "weak" : word === "none" ? "none" : "";
  return el("span", { className: `pill ${kind}` }, word);
}

function candidates(value) {
  const items = Array.isArray(value) ? value : value ? [value] : [];
  return items.map((item) => (typeof item === "object" ? item.code ?? JSON.stringify(item) : String(item))).join(", ");
}

function facts(line) {
  const staff = line.staff_username || line.staff_id;
  return [["Code", line.invite_code], ["Brought by", staff], ["Kind", line.kind], ["Method", line.method],
    ["Outcome", line.outcome], ["Candidates", candidates(line.candidates)]].filter(([, value]) => value);
}

function draw(line, fresh) {
  const moment = new Date(line.timestamp);
  const when = Number.isNaN(moment.getTime()) ? line.timestamp ?? "" : moment.toLocaleTimeString("en");
  return el("li", { className: fresh ? "fresh" : "" },
    el("p", { className: "who" }, el("b", {}, line.username || line.user_id || "—"), pill(line.confidence)),
    el("p", { className: "muted" }, [line.type, when].filter(Boolean).join(" · ")),
    el("dl", {}, ...facts(line).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))])));
}

function show(lines) {
  const list = byId("ledger-lines"), note = byId("ledger-note"), badge = byId("ledger-badge");
  const keys = lines.map((line) => JSON.stringify(line));
  const fresh = keys.map((key) => !first && !seen.has(key));
  if (fresh.some(Boolean) || first || list.children.length !== lines.length) list.replaceChildren(...lines.map((line, index) => draw(line, fresh[index])));
  keys.forEach((key) => seen.add(key));
  note.hidden = lines.length > 0;
  note.textContent = "No lines yet. Every join will be written here.";
  unseen = document.querySelector(".panels").dataset.showing === "ledger" ? 0 : unseen + fresh.filter(Boolean).length;
  badge.textContent = String(unseen);
  badge.hidden = unseen === 0;
  first = false;
}

async function look() {
  const note = byId("ledger-note");
  try {
    const response = await fetch("/practice/ledger", { headers: { accept: "application/json" } });
    if (response.ok) { show((await response.json()).lines ?? []); return 1200; }
    note.textContent = response.status === 404 ? "No ledger is connected. Start the whole system to see its lines here." : "The ledger cannot be read right now.";
  } catch { note.textContent = "The ledger cannot be reached."; }
  note.hidden = false;
  byId("ledger-lines").replaceChildren();
  return 2500;
}

/** Follows the ledger for as long as the page is open. */
export async function followLedger() {
  const wait = document.hidden ? 4000 : await look();
  setTimeout(followLedger, wait);
}
