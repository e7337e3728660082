// The page: who one is, what one sees, and what one does.
import { byId, el, toast } from "./dom.js";
import { composer } from "./composer.js";
import { followLedger } from "./ledger.js";
import { drawMessages, refreshTimes } from "./messages.js";
import { withMenu } from "./menu.js";
import { openModal } from "./modal.js";
import { ban, channelActions, memberActions, messageActions, rule, timeoutNote } from "./moderation.js";
import { invite, member, role } from "./people.js";

const POLL = 700, RELOAD = 10000;
let state = null, viewer = sessionStorage.getItem("viewer"), channel = null, version = "", loadedAt = 0, drawnFor = "", drawnMessages = "";
const pending = [];

async function post(action, body = {}) {
  const response = await fetch(`/practice/api/${action}`, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ guild_id: state.guild.id, user_id: viewer, channel_id: channel, locale: navigator.language, ...body }),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message ?? `The practice Discord answered ${response.status}`);
  return answer;
}

async function attempt(work, done) {
  try {
    const answer = await work();
    if (done) toast(done(answer));
    await load();
    return answer;
  } catch (error) { toast(error.message, true); return null; }
}

function react(outcome) {
  if (!outcome?.modal) return;
  openModal(outcome.modal, state, async (values, close) => {
    try {
      const answer = await post("modal", { interaction_id: outcome.interaction_id, values });
      if (answer.notice) return `${answer.notice} ${answer.detail ?? ""}`;
      close();
      react(answer);
    } catch (error) { return error.message; }
    await refresh();
    return null;
  });
}

async function refresh() {
  version = "";
  await load();
}

const act = {
  pending,
  redraw: () => draw(true),
  say: (content) => attempt(() => post("say", { content })),
  suggest: async (line, options, focused) => (await post("suggest", { line, options, focused }).catch(() => ({ choices: [] }))).choices,
  async run(line, options) { await shown(line, () => post("command", { line, options })); },
  async click(message_id, custom_id, values, node) {
    node.disabled = true;
    await attempt(async () => react(await post("click", { message_id, custom_id, values })));
    node.disabled = false;
  },
  choose(message_id, item) {
    const menu = { title: item.placeholder ?? "Choose", components: [{ type: 18, label: item.placeholder ?? "Choose", component: item }] };
    openModal(menu, state, async (values, close) => {
      try {
        const answer = await post("click", { message_id, custom_id: item.custom_id, values: values[item.custom_id] });
        close();
        react(answer);
      } catch (error) { return error.message; }
      await refresh();
      return null;
    }, { action: "Choose" });
  },
  memberMenu: (item) => [
    ...state.user_menu.map((name) => [name, () => shown(name, () => post("menu", { name, on_user: item.id }))]),
    ...memberActions(item, state, act),
  ],
  messageMenu: (message) => [
    ...state.message_menu.map((name) => [name, () => shown(name, () => post("menu", { name, on_message: message.id }))]),
    ...messageActions(message, state, act),
  ],
  refresh,
  become,
  joinAs,
  attempt,
  post,
};

async function shown(line, send) {
  pending.push(line);
  draw(true);
  try { react(await send()); }
  catch (error) { toast(error.message, true); }
  pending.splice(pending.indexOf(line), 1);
  await refresh();
}

const messageBox = composer(() => state ?? { commands: [], members: [], channels: [], roles: [] }, act);

function names() {
  const table = (items) => Object.fromEntries(items.map((item) => [item.id, item.name]));
  return { user: { ...state.names, ...table(state.members) }, role: table(state.roles), channel: table(state.channels) };
}

function become(id) {
  viewer = id;
  sessionStorage.setItem("viewer", id);
  version = "";
  load();
}

function joinAs(how) {
  const name = byId("newcomer-name");
  const user = name.value.trim() || ["Robin", "Sasha", "Kim", "Noor", "Luca", "Ayo", "Mika", "Jun"][Math.floor(Math.random() * 8)];
  return attempt(() => post("join", { user, account_days: Number(byId("newcomer-age").value), ...how }), () => { name.value = ""; return `${user} joined`; });
}

function drawChannels() {
  const direct = state.direct ? [{ id: state.direct.id, label: `@ ${state.direct.name}` }] : [];
  const shown = [...state.channels.map((item) => ({ id: item.id, label: `${[11, 12].includes(item.type) ? "↳" : "#"} ${item.name}${item.locked ? " 🔒" : ""}` })), ...direct];
  const buttons = shown.map((item) => {
    const node = el("button", { type: "button", "aria-pressed": String(item.id === channel) }, item.label);
    node.addEventListener("click", () => { channel = item.id; version = ""; load(); });
    return node;
  });
  const here = state.channels.find((item) => item.id === channel);
  const dots = here ? withMenu(byId("channels"), `#${here.name}`, () => channelActions(here, state, act)) : null;
  byId("channels").replaceChildren(...buttons, ...(dots ? [dots] : []));
}

function keepFocus(box, redraw) {
  const focused = box.contains(document.activeElement) ? [...box.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  redraw();
  if (focused >= 0) box.querySelectorAll("button")[focused]?.focus();
}

function draw(messagesOnly = false) {
  if (!state) return;
  if (!messagesOnly) drawAround();
  const box = byId("messages"), moved = drawnFor !== `${viewer} ${channel}`;
  const shown = JSON.stringify([state.messages, state.failures, state.names, pending]);
  if (shown !== drawnMessages || messagesOnly) keepFocus(box, () => drawMessages(box, state, act, names()));
  drawnMessages = shown;
  if (moved) box.scrollTop = box.scrollHeight;
  drawnFor = `${viewer} ${channel}`;
}

function drawRaidCodes(invites) {
  const box = byId("raid-code"), kept = box.options.length ? box.value : invites[0]?.code;
  box.replaceChildren(...[...invites.map((item) => [item.code, item.code]), ["", "discovery"]].map(([value, text]) => el("option", { value, selected: value === kept }, text)));
}

function drawAround() {
  const me = state.members.find((item) => item.id === viewer);
  byId("guild-name").textContent = state.guild.name;
  document.title = `${state.guild.name} · Practice Discord`;
  byId("status").textContent = `${state.members.length} members · ${state.sessions ? "bot connected" : "bot not connected"} · ${state.endpoint ? "endpoint set" : "no endpoint"}`;
  byId("you-title").textContent = me ? `You are ${me.name}` : "You are";
  byId("accept").hidden = !me?.pending;
  byId("screens").checked = state.screens;
  const box = byId("composer-input"), timeout = me ? timeoutNote(me) : null;
  box.disabled = Boolean(timeout);
  box.placeholder = timeout ? `You are ${timeout}` : "Message, or / for a command";
  byId("leave").disabled = !me || me.owner;
  byId("leave").title = me?.owner ? "An owner cannot leave" : "";
  keepFocus(byId("members"), () => byId("members").replaceChildren(...state.members.map((item) => member(item, viewer, act))));
  const vanity = state.guild.vanity_code ? [{ code: state.guild.vanity_code, uses: state.guild.vanity_uses, vanity: true }] : [];
  const invites = [...vanity, ...state.invites];
  if (document.activeElement !== byId("raid-code")) drawRaidCodes(invites);
  byId("direct").checked = state.rights.direct ?? true;
  byId("bans-section").hidden = !state.bans.length;
  keepFocus(byId("bans"), () => byId("bans").replaceChildren(...state.bans.map((item) => ban(item, state, act))));
  byId("rules-section").hidden = !state.rules.length;
  keepFocus(byId("rules"), () => byId("rules").replaceChildren(...state.rules.map((item) => rule(item, state, act))));
  keepFocus(byId("roles"), () => byId("roles").replaceChildren(...state.roles.map((item, index, all) => role(item, index, all, act))));
  keepFocus(byId("invites"), () => byId("invites").replaceChildren(...(invites.length ? invites.map((item) => invite(item, act)) : [el("li", { className: "muted" }, "No invites. Make one below.")])));
  keepFocus(byId("channels"), drawChannels);
  messageBox.refresh();
}

async function load() {
  const fresh = Date.now() - loadedAt < RELOAD ? version : "";
  const query = new URLSearchParams({ version: fresh, as: viewer ?? "", channel: channel ?? "" });
  const response = await fetch(`/practice/api/state?${query}`);
  if (response.status === 204) return;
  if (!response.ok) throw new Error(`answered ${response.status}`);
  state = await response.json();
  loadedAt = Date.now();
  version = state.version;
  channel = state.channel_id;
  if (!state.viewer_id) {
    const owner = state.members.find((item) => item.owner);
    if (owner && owner.id !== viewer) { become(owner.id); return; }
  }
  draw();
}

async function poll() {
  try { if (!document.hidden || !state) await load(); }
  catch { byId("status").textContent = "The practice Discord is not answering. Trying again…"; version = ""; }
  setTimeout(poll, POLL);
}

byId("leave").addEventListener("click", () => attempt(() => post("leave"), () => "You have left"));
byId("accept").addEventListener("click", () => attempt(() => post("pass-screening"), () => "You have accepted the rules"));
byId("screens").addEventListener("change", (event) => attempt(() => post("screen-members", { on: event.target.checked })));
byId("direct").addEventListener("change", (event) => attempt(() => post("direct-messages", { on: event.target.checked })));
byId("join-discovery").addEventListener("click", () => joinAs({ via: "discovery" }));
byId("join-bot").addEventListener("click", () => joinAs({ via: "oauth2", bot: true }));
byId("newcomer").addEventListener("submit", (event) => event.preventDefault());
byId("raid").addEventListener("submit", (event) => {
  event.preventDefault();
  const [count, seconds, account_minutes] = ["raid-count", "raid-seconds", "raid-age"].map((id) => Number(byId(id).value));
  attempt(() => post("raid", { count, seconds, account_minutes, code: byId("raid-code").value }),
    (answer) => `${answer.joined} joined${answer.refused ? `, ${answer.refused} were kept out` : ""}`);
});
byId("make-invite").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => post("create-invite", { max_age: Number(byId("invite-age").value), max_uses: Number(byId("invite-uses").value) }), (answer) => `Invite ${answer.code} is ready`);
});
byId("make-role").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = byId("role-name").value.trim();
  if (name) attempt(() => post("create-role", { name }), () => { byId("role-name").value = ""; return `${name} is a role now`; });
});
byId("check-endpoint").addEventListener("click", () => attempt(async () => {
  const check = await post("check-endpoint");
  if (!check.ok) throw new Error(`Endpoint refused: ${check.problems.join("; ")}`);
}, () => "The endpoint answers as it should: signed PING accepted, forged ones refused"));
for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => {
    document.querySelector(".panels").dataset.showing = tab.dataset.panel;
    for (const other of document.querySelectorAll(".tabs button")) other.setAttribute("aria-pressed", String(other === tab));
    if (tab.dataset.panel === "chat") byId("messages").scrollTop = byId("messages").scrollHeight;
    if (tab.dataset.panel === "ledger") byId("ledger-badge").hidden = true;
  });
}

setInterval(refreshTimes, 15000);
poll();
followLedger();
