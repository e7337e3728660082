// Context menus: of a member, of a message. By right click, by the button with three dots, by keyboard.
import { byId, el } from "./dom.js";

/** Opens a menu at `anchor` (an element or a pointer event). `items` are [label, action, danger]. */
export function openMenu(title, items, anchor) {
  const dialog = byId("menu"), before = document.activeElement;
  const buttons = items.map(([label, action, danger]) => {
    const node = el("button", { type: "button", role: "menuitem", className: danger ? "danger" : "", tabIndex: -1 }, label);
    node.addEventListener("click", () => { dialog.close(); action(); });
    return node;
  });
  dialog.replaceChildren(el("p", { id: "menu-title" }, title), el("div", { role: "menu", "aria-labelledby": "menu-title" },
    ...(buttons.length ? buttons : [el("p", { className: "muted" }, "Nothing to do here.")])));
  dialog.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Home") buttons[0]?.focus();
    else if (event.key === "End") buttons.at(-1)?.focus();
    else if (step && buttons.length) buttons[(at + step + buttons.length) % buttons.length].focus();
    else if (event.key.length === 1) buttons.find((one) => one.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    else return;
    event.preventDefault();
  };
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  dialog.onclose = () => { if (before?.isConnected) before.focus(); };
  dialog.showModal();
  place(dialog, anchor);
  buttons[0]?.focus();
}

function place(dialog, anchor) {
  const box = anchor.getBoundingClientRect?.();
  const point = box ? { x: box.left, y: box.bottom } : { x: anchor.clientX, y: anchor.clientY };
  dialog.style.left = `${Math.max(8, Math.min(point.x, innerWidth - dialog.offsetWidth - 8))}px`;
  dialog.style.top = `${Math.max(8, Math.min(point.y, innerHeight - dialog.offsetHeight - 8))}px`;
}

/** Gives `node` a menu: at the right mouse button, and a button with three dots to put beside it. */
export function withMenu(node, title, items) {
  const open = (anchor) => openMenu(title, items(), anchor);
  const dots = el("button", { type: "button", className: "dots-button quiet", "aria-label": `Actions for ${title}`, "aria-haspopup": "menu" }, "⋯");
  dots.addEventListener("click", () => open(dots));
  node.oncontextmenu = (event) => { if (!getSelection()?.toString()) { event.preventDefault(); open(event); } };
  return dots;
}
