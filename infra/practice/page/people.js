// Who is here, which invites and roles there are.
import { ago, avatar, el } from "./dom.js";
import { withMenu } from "./menu.js";
import { timeoutNote } from "./moderation.js";

function about(item) {
  if (item.timed_out_until) return timeoutNote(item);
  if (item.pending) return "has not accepted the rules";
  if (item.owner) return "owner";
  if (item.bot) return "app";
  return item.manages_server ? "can manage the server" : "member";
}

/** Draws a member: a button to become them, another for what can be done to them. */
export function member(item, viewer, act) {
  const roles = item.roles.length ? el("span", { className: "roles" }, item.roles.map((name) => el("span", { className: "role" }, name))) : null;
  const node = el("button", { type: "button", className: "member", "aria-pressed": String(item.id === viewer), disabled: item.bot },
    avatar(item.name, item.id), el("span", { className: "who" }, item.name, el("small", {}, about(item)), roles));
  node.addEventListener("click", () => act.become(item.id));
  const line = el("li", { className: "member-line" }, node);
  line.append(withMenu(line, item.name, () => act.memberMenu(item)));
  return line;
}

/** Draws an invite with the way in. */
export function invite(item, act) {
  const limits = [item.max_uses ? `${item.uses} of ${item.max_uses} uses` : `${item.uses} uses`, item.expires_at ? `ends ${ago(new Date(item.expires_at))}` : null];
  const join = el("button", { type: "button", "aria-label": `Join as somebody new with ${item.code}` }, "Join as somebody new");
  join.addEventListener("click", () => act.joinAs({ code: item.code }));
  const revoke = el("button", { type: "button", className: "link", "aria-label": `Revoke ${item.code}` }, "Revoke");
  revoke.addEventListener("click", () => act.attempt(() => act.post("delete-invite", { code: item.code }), () => `${item.code} is revoked`));
  return el("li", {}, el("div", { className: "invite-head" }, el("code", {}, item.code), el("span", { className: "muted" }, item.vanity ? "vanity" : item.inviter ?? "")),
    el("p", { className: "muted" }, limits.filter(Boolean).join(" · ")), el("div", { className: "row" }, join, item.vanity ? null : revoke));
}

/** Draws a role with the ways to move and delete it. */
export function role(item, index, all, act) {
  const button = (label, text, off, action, body) => {
    const node = el("button", { type: "button", className: "link", "aria-label": `${label} ${item.name}`, disabled: off }, text);
    node.addEventListener("click", () => act.attempt(() => act.post(action, { role_id: item.id, ...body })));
    return node;
  };
  return el("li", {}, el("span", { className: "role" }, item.name), el("span", { className: "row" },
    button("Move up", "Up", index === 0, "move-role", { up: true }),
    button("Move down", "Down", index === all.length - 1, "move-role", { up: false }),
    button("Delete", "Delete", item.managed, "delete-role", {})));
}
