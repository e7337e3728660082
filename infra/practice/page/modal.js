// Forms that the application opens.
import { byId, el } from "./dom.js";

const LABEL = 18, TEXT = 10, SELECT = 3, INPUT = 4;

function control(item, label) {
  const name = item.custom_id;
  if (item.type === SELECT) return el("select", { name, required: item.required !== false }, ...item.options.map((option) => el("option", { value: option.value, selected: Boolean(option.default) }, option.label)));
  const props = { name, required: item.required !== false, placeholder: item.placeholder ?? "", value: item.value ?? "", "aria-label": label };
  const node = item.style === 2 ? el("textarea", { ...props, rows: 4 }) : el("input", props);
  if (item.max_length) node.maxLength = item.max_length;
  if (item.min_length) node.minLength = item.min_length;
  return node;
}

function row(item) {
  if (item.type === TEXT) return el("p", { className: "muted" }, item.content);
  if (item.type === LABEL) return el("label", {}, item.label, control(item.component, item.label), item.description ? el("small", {}, item.description) : null);
  return el("div", {}, ...(item.components ?? []).filter((part) => part.type === INPUT).map((part) => el("label", {}, part.label, control(part, part.label))));
}

/** Opens a modal; `submit` gets its values by custom id. */
export function openModal(modal, submit) {
  const dialog = byId("modal"), form = dialog.querySelector("form");
  const cancel = el("button", { type: "button", className: "quiet" }, "Cancel");
  cancel.addEventListener("click", () => dialog.close());
  form.replaceChildren(el("h2", { id: "modal-title" }, modal.title), ...modal.components.map(row),
    el("div", { className: "row" }, cancel, el("button", { type: "submit" }, "Submit")));
  form.onsubmit = () => submit(Object.fromEntries(new FormData(form)));
  dialog.showModal();
}
