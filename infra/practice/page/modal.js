// Forms: those that the application opens, and those of the page itself.
import { byId, el } from "./dom.js";

const ROW = 1, SELECT = 3, INPUT = 4, TEXT = 10, LABEL = 18;
let numbered = 0;

function options(item, state) {
  if (item.type === SELECT) return item.options.map((one) => [one.value, one.description ? `${one.label} — ${one.description}` : one.label, Boolean(one.default)]);
  const preset = new Set((item.default_values ?? []).map((one) => one.id));
  const people = () => state.members.map((one) => [one.id, one.name]);
  const roles = () => state.roles.map((one) => [one.id, one.name]);
  const channels = () => state.channels.filter((one) => !item.channel_types?.length || item.channel_types.includes(one.type)).map((one) => [one.id, `#${one.name}`]);
  const found = { 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: channels }[item.type]();
  return found.map(([value, label]) => [value, label, preset.has(value)]);
}

function input(item, id) {
  const props = { id, name: item.custom_id, required: item.required !== false, placeholder: item.placeholder ?? "", value: item.value ?? "" };
  const node = item.style === 2 ? el("textarea", { ...props, rows: 4 }) : el("input", { ...props, type: item.kind ?? "text", autocomplete: "off" });
  node.maxLength = item.max_length ?? 4000;
  if (item.min_length) node.minLength = item.min_length;
  return node;
}

function checks(item, state, heading) {
  const boxes = options(item, state).map(([value, label, checked]) =>
    el("label", { className: "check" }, el("input", { type: "checkbox", name: item.custom_id, value, checked }), el("span", {}, label)));
  const many = `Choose ${item.min_values === item.max_values ? item.max_values : `${item.required === false ? 0 : item.min_values} to ${item.max_values}`}`;
  return el("fieldset", { "data-menu": item.custom_id }, el("legend", {}, heading, el("small", {}, ` ${many}`)), el("div", { className: "checks" }, ...boxes));
}

function single(item, state, id) {
  const optional = item.required === false || item.min_values === 0;
  const found = options(item, state);
  const none = el("option", { value: "", disabled: !optional, selected: !found.some((one) => one[2]) }, item.placeholder ?? (optional ? "—" : "Choose…"));
  return el("select", { id, name: item.custom_id, required: !optional, "data-menu": item.custom_id }, none,
    ...found.map(([value, label, selected]) => el("option", { value, selected }, label)));
}

function field(item, heading, about, state) {
  if (item.type !== INPUT && item.max_values > 1) return el("div", { className: "field" }, checks(item, state, heading), about ? el("small", {}, about) : null);
  const id = `modal-field-${numbered += 1}`;
  const control = item.type === INPUT ? input(item, id) : single(item, state, id);
  const needed = control.required ? el("span", { className: "need", "aria-hidden": "true" }, " *") : null;
  return el("div", { className: "field" }, el("label", { for: id }, heading, needed), about ? el("small", {}, about) : null, control);
}

function part(item, state) {
  if (item.type === TEXT) return el("p", { className: "muted" }, item.content);
  if (item.type === LABEL) return field(item.component, item.label, item.description, state);
  if (item.type === ROW) return el("div", {}, ...(item.components ?? []).map((one) => field(one, one.label, null, state)));
  return null;
}

/** Collects a form's values: text as text, what menus choose as lists. */
function values(form) {
  const found = {};
  for (const node of form.querySelectorAll("input:not([type=checkbox]), textarea")) found[node.name] = node.value;
  for (const node of form.querySelectorAll("[data-menu]")) {
    const picked = node.matches("select") ? [node.value] : [...node.querySelectorAll("input:checked")].map((box) => box.value);
    found[node.dataset.menu] = picked.filter(Boolean);
  }
  return found;
}

/** Opens a modal over the page. `submit` gets its values by custom id and resolves to a complaint,
 * with which the modal stays open, or to nothing. */
export function openModal(modal, state, submit, { action = "Submit", danger = false } = {}) {
  const dialog = byId("modal"), form = dialog.querySelector("form"), before = document.activeElement;
  const cancel = el("button", { type: "button", className: "quiet" }, "Cancel");
  const send = el("button", { type: "submit", className: danger ? "style-4" : "" }, action);
  const complaint = el("p", { className: "complaint", role: "alert", hidden: true });
  cancel.addEventListener("click", () => dialog.close());
  dialog.onclose = () => { if (before?.isConnected) before.focus(); };
  form.replaceChildren(el("h2", { id: "modal-title" }, modal.title), ...modal.components.map((item) => part(item, state)).filter(Boolean),
    complaint, el("div", { className: "row" }, cancel, send));
  form.onsubmit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    const wrong = await submit(values(form), () => dialog.close());
    send.disabled = false;
    complaint.hidden = !wrong;
    complaint.textContent = wrong ?? "";
    if (!wrong && send.isConnected) dialog.close();
  };
  dialog.showModal();
  form.querySelector("input, textarea, select, [type=submit]").focus();
}
