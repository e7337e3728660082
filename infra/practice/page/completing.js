// Suggestions while an option is typed: asked of the application, chosen by key or pointer.
import { el } from "./dom.js";

const PAUSE = 200;

/** Puts a list of suggestions under `control`. `ask` gives the choices for what it holds now. */
export function completing(control, ask) {
  const list = el("div", { id: `suggested-${control.name}`, className: "offers", role: "listbox", "aria-label": `Suggestions for ${control.name}`, hidden: true });
  let offered = [], selected = -1, timer, asked = 0;
  control.autocomplete = "off";
  control.setAttribute("role", "combobox");
  control.setAttribute("aria-controls", list.id);
  control.setAttribute("aria-autocomplete", "list");

  function draw() {
    list.replaceChildren(...offered.map((choice, index) => {
      const node = el("div", { id: `${list.id}-${index}`, className: "suggestion", role: "option", "aria-selected": String(index === selected) }, choice.name);
      node.addEventListener("pointerdown", (event) => { event.preventDefault(); take(index); });
      return node;
    }));
    list.hidden = !offered.length;
    control.setAttribute("aria-expanded", String(!list.hidden));
    if (selected >= 0) control.setAttribute("aria-activedescendant", `${list.id}-${selected}`);
    else control.removeAttribute("aria-activedescendant");
    list.children[selected]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    offered = [];
    selected = -1;
    draw();
  }

  function take(index) {
    control.value = String(offered[index].value);
    close();
  }

  function look(pause) {
    clearTimeout(timer);
    const turn = asked += 1;
    timer = setTimeout(async () => {
      const found = await ask();
      if (turn !== asked || document.activeElement !== control) return;
      offered = found;
      selected = -1;
      draw();
    }, pause);
  }

  control.addEventListener("input", () => look(PAUSE));
  control.addEventListener("focus", () => look(0));
  control.addEventListener("blur", close);
  control.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") { look(0); event.preventDefault(); }
      return;
    }
    if (event.key === "ArrowDown") selected = (selected + 1) % offered.length;
    else if (event.key === "ArrowUp") selected = (Math.max(selected, 0) + offered.length - 1) % offered.length;
    else if (event.key === "Escape") { close(); event.preventDefault(); event.stopPropagation(); return; }
    else if ((event.key === "Enter" || event.key === "Tab") && selected >= 0) { take(selected); if (event.key === "Enter") event.preventDefault(); return; }
    else return;
    event.preventDefault();
    draw();
  });
  return list;
}
