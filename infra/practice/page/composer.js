// The message box: plain messages, and slash commands with typed options.
import { completing } from "./completing.js";
import { byId, el } from "./dom.js";

const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, NUMBER = 10, FILE = 11;
const KINDS = { 3: "text", 4: "whole number", 5: "yes or no", 6: "member", 7: "channel", 8: "role", 9: "member or role", 10: "number", 11: "file" };

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ filename: file.name, content_type: file.type, base64: reader.result.split(",")[1] ?? "" });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Wires the message box. `act` has say, run and suggest; `state` gives what the page knows.
 * `refresh` looks at the commands anew. */
export function composer(state, act) {
  const input = byId("composer-input"), list = byId("suggestions"), form = byId("options");
  let found = [], selected = 0, chosen = null;

  function search() {
    const typed = input.value.trimStart().toLowerCase();
    found = !chosen && typed.startsWith("/") ? matching(typed) : [];
    selected = Math.min(selected, Math.max(found.length - 1, 0));
    const nothing = !chosen && typed.startsWith("/") && !found.length;
    list.replaceChildren(...found.map(suggestion), ...(nothing ? [el("p", { className: "suggestion muted" }, state().commands.length ? "No command like this." : "No commands are registered for you here.")] : []));
    list.hidden = !found.length && !nothing;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length) input.setAttribute("aria-activedescendant", `suggestion-${selected}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[selected]?.scrollIntoView({ block: "nearest" });
  }

  function matching(typed) {
    const starting = state().commands.filter((command) => command.line.startsWith(typed));
    const holding = state().commands.filter((command) => !command.line.startsWith(typed) && command.line.includes(typed.slice(1)));
    return [...starting, ...holding];
  }

  function suggestion(command, index) {
    const takes = command.options.map((option) => (option.required ? option.name : `[${option.name}]`)).join(" ");
    const node = el("div", { id: `suggestion-${index}`, className: "suggestion", role: "option", "aria-selected": String(index === selected) },
      el("b", {}, command.line), " ", el("span", { className: "takes" }, takes), el("small", {}, command.description));
    node.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(command); });
    return node;
  }

  function choose(command) {
    chosen = command;
    input.value = command.line;
    search();
    form.replaceChildren(el("div", { className: "line" }, el("b", {}, command.line), cancelButton()),
      el("p", { className: "muted" }, command.description),
      el("div", { className: "fields" }, ...command.options.map(field)), el("button", { type: "submit", hidden: true }));
    form.hidden = false;
    (form.querySelector("input, select") ?? input).focus();
  }

  function cancelButton() {
    const node = el("button", { type: "button", className: "link" }, "Cancel");
    node.addEventListener("click", reset);
    return node;
  }

  function field(option) {
    const control = control_for(option);
    control.name = option.name;
    control.id = `option-${option.name}`;
    control.required = Boolean(option.required);
    return el("div", {}, el("label", { for: control.id }, el("b", {}, option.name), option.required ? el("span", { className: "need" }, " required") : ""), control,
      control.datalist ?? null,
      option.autocomplete ? completing(control, () => act.suggest(chosen.line, values(), option.name)) : null,
      el("small", {}, option.description || KINDS[option.type]));
  }

  function choices(pairs, required) {
    return el("select", {}, required ? null : el("option", { value: "" }, "—"), ...pairs.map(([value, label]) => el("option", { value }, label)));
  }

  function control_for(option) {
    const known = state();
    if (option.choices?.length) return choices(option.choices.map((choice) => [String(choice.value), choice.name]), option.required);
    if (option.type === BOOLEAN) return choices([["true", "yes"], ["false", "no"]], option.required);
    if (option.type === CHANNEL) return choices(known.channels.map((channel) => [channel.id, `#${channel.name}`]), option.required);
    if (option.type === ROLE) return choices(known.roles.map((role) => [role.id, role.name]), option.required);
    if (option.type === FILE) return el("input", { type: "file" });
    const number = option.type === INTEGER || option.type === NUMBER;
    const control = el("input", { type: number && !option.autocomplete ? "number" : "text", placeholder: KINDS[option.type] });
    if (option.type === INTEGER || option.type === NUMBER) {
      control.step = option.type === INTEGER ? "1" : "any";
      if (option.min_value !== undefined) control.min = option.min_value;
      if (option.max_value !== undefined) control.max = option.max_value;
    }
    if (option.type === STRING) {
      if (option.min_length) control.minLength = option.min_length;
      if (option.max_length) control.maxLength = option.max_length;
    }
    if (option.type === USER) offer(control, option, known.members);
    return control;
  }

  function offer(control, option, people) {
    control.datalist = el("datalist", { id: `list-${option.name}` }, ...people.map((member) => el("option", { value: member.username }, member.name)));
    control.setAttribute("list", control.datalist.id);
    control.placeholder = "name or id";
  }

  function values() {
    const given = {};
    for (const control of form.querySelectorAll("[name]:not([type=file])")) if (control.value !== "") given[control.name] = control.value;
    return given;
  }

  async function files() {
    const given = {};
    for (const control of form.querySelectorAll("[type=file]")) if (control.files.length) given[control.name] = await read(control.files[0]);
    return given;
  }

  function reset() {
    chosen = null;
    form.hidden = true;
    form.replaceChildren();
    input.value = "";
    search();
    input.focus();
  }

  async function send() {
    if (chosen) {
      if (!form.reportValidity()) return;
      const line = chosen.line, options = { ...values(), ...await files() };
      reset();
      act.run(line, options);
      return;
    }
    const text = input.value.trim();
    if (!text) return;
    if (text.startsWith("/") && found.length) { choose(found[selected]); return; }
    input.value = "";
    search();
    // What was refused is not lost.
    if (!await act.say(text) && !input.value) { input.value = text; search(); }
  }

  input.addEventListener("input", () => {
    if (chosen && input.value !== chosen.line) { chosen = null; form.hidden = true; form.replaceChildren(); }
    selected = 0;
    search();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { reset(); event.preventDefault(); }
    if (list.hidden || !found.length) return;
    if (event.key === "ArrowDown") selected = (selected + 1) % found.length;
    else if (event.key === "ArrowUp") selected = (selected + found.length - 1) % found.length;
    else if (event.key === "Tab") { choose(found[selected]); event.preventDefault(); return; }
    else return;
    event.preventDefault();
    search();
  });
  input.addEventListener("blur", () => { list.hidden = true; });
  input.addEventListener("focus", search);
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") reset(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  return { refresh: () => { if (document.activeElement === input) search(); } };
}
