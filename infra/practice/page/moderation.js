// What moderators do by hand, as Discord's own client lets them.
import { ago, el } from "./dom.js";
import { openModal } from "./modal.js";

const LENGTHS = [["60 seconds", 60], ["5 minutes", 300], ["10 minutes", 600], ["1 hour", 3600], ["1 day", 86400], ["1 week", 604800], ["28 days", 2419200]];
const SWEEPS = [["Delete nothing", 0], ["The last hour", 3600], ["The last day", 86400], ["The last 7 days", 604800]];
const PACES = [["Off", 0], ["5 seconds", 5], ["30 seconds", 30], ["1 minute", 60], ["10 minutes", 600], ["6 hours", 21600]];

const reason = { type: 18, label: "Reason", component: { type: 4, custom_id: "reason", style: 1, required: false, max_length: 512, placeholder: "For the audit log" } };
const name = { type: 18, label: "Name", component: { type: 4, custom_id: "name", style: 1, max_length: 100 } };

function choice(label, custom_id, pairs) {
  const options = pairs.map(([text, value], index) => ({ label: text, value: String(value), default: index === 0 }));
  return { type: 18, label, component: { type: 3, custom_id, options, min_values: 1, max_values: 1 } };
}

function ask(title, components, state, act, action, body, words) {
  openModal({ title, components }, state, async (values) => {
    const filled = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value]));
    try { await act.post(action, { ...body, ...filled }); }
    catch (error) { return error.message; }
    await act.refresh();
    return null;
  }, words);
}

/** Lists what the viewer may do to a member; nothing to the owner, nor to oneself. */
export function memberActions(item, state, act) {
  if (item.owner || item.id === state.viewer_id) return [];
  const body = { target_id: item.id };
  const items = [];
  if (state.rights.timeout && item.timed_out_until) items.push(["End the timeout", () => act.attempt(() => act.post("moderate-timeout", { ...body, seconds: 0 }))]);
  if (state.rights.timeout) items.push(["Time out…", () => ask(`Time out ${item.name}`, [choice("How long", "seconds", LENGTHS), reason], state, act, "moderate-timeout", body, { action: "Time out" }), true]);
  if (state.rights.kick) items.push(["Kick…", () => ask(`Kick ${item.name}`, [reason], state, act, "moderate-kick", body, { action: "Kick", danger: true }), true]);
  if (state.rights.ban) items.push(["Ban…", () => ask(`Ban ${item.name}`, [choice("Delete their messages", "delete_seconds", SWEEPS), reason], state, act, "moderate-ban", body, { action: "Ban", danger: true }), true]);
  return items;
}

/** Lists what the viewer may do to a message. */
export function messageActions(message, state, act) {
  if (!state.rights.messages && message.author.id !== state.viewer_id) return [];
  if (!state.channels.some((item) => item.id === message.channel_id)) return [];
  return [["Delete message", () => act.attempt(() => act.post("delete-message", { message_id: message.id })), true]];
}

/** Lists what can be done with a channel. */
export function channelActions(channel, state, act) {
  const thread = channel.type === 11 || channel.type === 12;
  const items = [];
  if (!thread) items.push(["New thread…", () => ask("New thread", [name], state, act, "start-thread", { channel_id: channel.id }, { action: "Create" })]);
  if (state.rights.channels && !thread) items.push(["Slowmode…", () => ask(`Slowmode of #${channel.name}`, [choice("One message in", "seconds", PACES)], state, act, "slowmode", { channel_id: channel.id }, { action: "Set" })]);
  if (state.rights.channels) items.push(["New channel…", () => ask("New channel", [name], state, act, "create-channel", {}, { action: "Create" })]);
  return items;
}

/** Says until when a member is timed out. */
export function timeoutNote(item) {
  return item.timed_out_until ? `timed out, ends ${ago(new Date(item.timed_out_until))}` : null;
}

/** Draws a ban with the way out. */
export function ban(item, state, act) {
  const lift = el("button", { type: "button", className: "link", "aria-label": `Unban ${item.name}`, disabled: !state.rights.ban }, "Unban");
  lift.addEventListener("click", () => act.attempt(() => act.post("moderate-unban", { target_id: item.id }), () => `${item.name} is no longer banned`));
  return el("li", {}, el("span", {}, el("b", {}, item.name), item.reason ? el("small", {}, item.reason) : null), lift);
}

const TRIGGERS = { 1: "keywords", 3: "spam", 4: "word lists", 5: "mentions", 6: "profiles" };
const DEEDS = { 1: "blocks", 2: "alerts", 3: "times out", 4: "quarantines" };

function looksFor(rule) {
  const about = rule.trigger_metadata;
  const words = [...(about.keyword_filter ?? []), ...(about.regex_patterns ?? []).map((one) => `/${one}/`)];
  if (rule.trigger_type === 5) return `more than ${about.mention_total_limit} mentions`;
  return words.length ? words.slice(0, 8).join(", ") + (words.length > 8 ? ` and ${words.length - 8} more` : "") : TRIGGERS[rule.trigger_type];
}

/** Draws a rule of Auto Moderation with its switch. */
export function rule(item, state, act) {
  const off = !state.rights.server;
  const box = el("input", { type: "checkbox", checked: item.enabled, disabled: off });
  box.addEventListener("change", () => act.attempt(() => act.post("enable-rule", { rule_id: item.id, on: box.checked })));
  const drop = el("button", { type: "button", className: "link", "aria-label": `Delete ${item.name}`, disabled: off }, "Delete");
  drop.addEventListener("click", () => act.attempt(() => act.post("delete-rule", { rule_id: item.id }), () => `${item.name} is deleted`));
  const deeds = item.actions.map((one) => DEEDS[one.type]).join(", ");
  return el("li", {}, el("label", { className: "check" }, box, el("span", {}, el("b", {}, item.name), el("small", {}, `${deeds}: ${looksFor(item)}`))), drop);
}
