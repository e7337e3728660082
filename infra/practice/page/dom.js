// Elements are built, never parsed: text from people can only ever become text.

/** Makes an element; `props` are properties, `aria-*`, `data-*` and `role` attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.includes("-") || name === "role" || name === "list" || name === "for") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

const COLOURS = ["#4a63c9", "#8a4fb5", "#b0457b", "#a8562a", "#3f7d4a", "#2d7a85", "#6b6f2a", "#9a4a4a"];

/** Makes a round mark with initials, coloured by the person. */
export function avatar(name, id, large = false) {
  const initials = [...name.trim()].slice(0, 2).join("").toUpperCase() || "?";
  const mark = el("span", { className: large ? "avatar large" : "avatar", "aria-hidden": "true" }, initials);
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.charCodeAt(0)) % 997;
  mark.style.background = COLOURS[sum % COLOURS.length];
  return mark;
}

/** Says the difference between a moment and now in words. */
export function ago(moment) {
  const seconds = Math.round((moment - Date.now()) / 1000);
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size || unit === "second") return words.format(Math.trunc(seconds / size), unit);
  }
  return "";
}

let hideToast;

/** Shows a short notice at the bottom. */
export function toast(text, bad = false) {
  const box = byId("toast");
  box.textContent = text;
  box.className = bad ? "toast bad" : "toast";
  box.hidden = false;
  clearTimeout(hideToast);
  hideToast = setTimeout(() => { box.hidden = true; }, bad ? 8000 : 3500);
}
