// Messages as Discord shows them.
import { ago, avatar, el } from "./dom.js";
import { inline, markdown } from "./markdown.js";
import { withMenu } from "./menu.js";

const EPHEMERAL = 64, LOADING = 128, JOINED = 7, ALERT = 24;
const hidden = new Set();

function clock(iso) {
  const moment = new Date(iso);
  const label = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(moment);
  return el("time", { dateTime: iso, title: moment.toLocaleString("en") }, label);
}

function text(content, names, className = "text") {
  return content ? el("div", { className }, ...markdown(content, names)) : null;
}

function picture(url, files) {
  const name = url?.startsWith("attachment://") ? url.slice(13) : null;
  const file = name ? files.find((item) => item.filename === name) : null;
  if (file) return el("img", { src: file.url, alt: file.description ?? file.filename, loading: "lazy" });
  return url && !name ? el("p", { className: "muted" }, "Image: ", url) : null;
}

function field(item, names) {
  return el("div", { className: item.inline ? "field inline" : "field" },
    el("strong", {}, ...inline(item.name, names)), text(item.value, names));
}

function embed(item, names, files) {
  const title = item.title ? inline(item.title, names) : null;
  const box = el("article", { className: "embed" },
    item.author?.name ? el("p", { className: "author-line" }, item.author.name) : null,
    title ? el("p", { className: "title" }, item.url ? el("a", { href: item.url, target: "_blank", rel: "noopener noreferrer" }, ...title) : el("span", {}, ...title)) : null,
    text(item.description, names, "text description"),
    item.fields?.length ? el("div", { className: "fields" }, ...item.fields.map((part) => field(part, names))) : null,
    picture(item.image?.url, files), picture(item.thumbnail?.url, files));
  const footer = [item.footer?.text, item.timestamp ? new Date(item.timestamp).toLocaleString("en") : null].filter(Boolean);
  if (footer.length) box.append(el("p", { className: "footer" }, footer.join(" · ")));
  if (Number.isInteger(item.color)) box.style.borderLeftColor = `#${item.color.toString(16).padStart(6, "0")}`;
  return box;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function attachment(file) {
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.content_type ?? "")) {
    return el("a", { className: "attachment image", href: file.url, target: "_blank" },
      el("img", { src: file.url, alt: file.description ?? file.filename, loading: "lazy" }));
  }
  return el("div", { className: "attachment" }, el("a", { href: file.url, download: file.filename }, file.filename),
    el("span", { className: "muted" }, size(file.size)));
}

function button(item, message, act) {
  const label = [item.emoji?.id ? null : item.emoji?.name, item.label].filter(Boolean).join(" ");
  if (item.style === 5) return el("a", { className: "button", href: item.url, target: "_blank", rel: "noopener noreferrer" }, `${label} ↗`);
  const node = el("button", { type: "button", className: `style-${item.style}`, disabled: Boolean(item.disabled) }, label);
  node.addEventListener("click", () => act.click(message.id, item.custom_id, [], node));
  return node;
}

function choices(item, state) {
  if (item.type === 7) return [...choices({ type: 5 }, state), ...choices({ type: 6 }, state)];
  if (item.type === 3) return item.options.map((option) => [option.value, option.label]);
  if (item.type === 5) return state.members.map((member) => [member.id, member.name]);
  if (item.type === 6) return state.roles.map((role) => [role.id, role.name]);
  const fits = (channel) => !item.channel_types?.length || item.channel_types.includes(channel.type);
  return state.channels.filter(fits).map((channel) => [channel.id, `#${channel.name}`]);
}

function select(item, message, act, state) {
  if (item.max_values > 1 || item.min_values === 0) {
    const open = el("button", { type: "button", className: "menu-button", disabled: Boolean(item.disabled), "aria-haspopup": "dialog" }, item.placeholder ?? "Choose…", el("span", { "aria-hidden": "true" }, " ▾"));
    open.addEventListener("click", () => act.choose(message.id, item));
    return open;
  }
  const node = el("select", { disabled: Boolean(item.disabled), "aria-label": item.placeholder ?? "Choose" },
    el("option", { value: "" }, item.placeholder ?? "Choose…"),
    ...choices(item, state).map(([value, label]) => el("option", { value }, label)));
  node.addEventListener("change", () => { if (node.value) act.click(message.id, item.custom_id, [node.value], node); });
  return node;
}

function component(item, message, act, state, names) {
  const inner = () => (item.components ?? []).map((part) => component(part, message, act, state, names));
  if (item.type === 1) return el("div", { className: "components" }, ...inner());
  if (item.type === 2) return button(item, message, act);
  if (item.type === 10) return text(item.content, names);
  if (item.type === 14) return el("hr");
  if (item.type === 9) return el("div", { className: "section" }, el("div", {}, ...inner()), item.accessory ? component(item.accessory, message, act, state, names) : null);
  if (item.type === 17) {
    const box = el("div", { className: "container" }, ...inner());
    if (Number.isInteger(item.accent_color)) box.style.borderLeft = `4px solid #${item.accent_color.toString(16).padStart(6, "0")}`;
    return box;
  }
  return item.options || [5, 6, 7, 8].includes(item.type) ? select(item, message, act, state) : null;
}

function note(message, redraw) {
  const dismiss = el("button", { type: "button", className: "link" }, "Dismiss message");
  dismiss.addEventListener("click", () => { hidden.add(message.id); redraw(); });
  return el("p", { className: "note" }, "Only you can see this", dismiss);
}

function used(message, names) {
  const origin = message.interaction_metadata;
  if (!origin || origin.type !== 2 || !message.interaction) return null;
  const command = origin.command_type === 1 ? `/${message.interaction.name}` : message.interaction.name;
  return el("p", { className: "used" }, `${names.user[origin.user.id] ?? origin.user.username} used ${command}`);
}

function joined(message, names) {
  return el("article", { className: "message join", "data-id": message.id }, el("span", { className: "arrow", "aria-hidden": "true" }, "→"),
    el("p", {}, el("b", {}, names.user[message.author.id] ?? message.author.username), " joined the server. ", clock(message.timestamp)));
}

function alerted(message, names) {
  const [about] = message.embeds, field = (name) => about.fields.find((item) => item.name === name)?.value;
  const who = names.user[message.author.id] ?? message.author.username;
  return el("article", { className: "message", "data-id": message.id }, avatar("⚑", "7", true), el("div", {},
    el("p", { className: "head" }, el("span", { className: "author" }, "AutoMod"), el("span", { className: "tag" }, "SYSTEM"), clock(message.timestamp)),
    el("p", {}, `${field("flagged_message_id") ? "flagged" : "stopped"} what `, el("b", {}, who), ` wrote: ${field("rule_name")}`),
    el("div", { className: "embed" }, text(about.description, names), el("p", { className: "footer" }, field("keyword") ? `Keyword: ${field("keyword")}` : ""))));
}

function draw(message, act, state, names) {
  if (message.type === JOINED) return joined(message, names);
  if (message.type === ALERT) return alerted(message, names);
  const name = names.user[message.author.id] ?? message.author.global_name ?? message.author.username;
  const isPrivate = Boolean(message.flags & EPHEMERAL);
  const body = el("div", {},
    el("p", { className: "head" }, el("span", { className: "author" }, name), message.author.bot ? el("span", { className: "tag" }, "APP") : null, clock(message.timestamp)));
  if (message.flags & LOADING) {
    body.append(el("p", { className: "thinking" }, el("span", { className: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), `${name} is thinking…`));
  } else {
    body.append(...[text(message.content, names),
      message.edited_timestamp ? el("span", { className: "edited" }, "(edited)") : null,
      ...message.embeds.map((item) => embed(item, names, message.attachments)),
      ...message.attachments.filter((file) => !message.embeds.some((item) => item.image?.url === `attachment://${file.filename}`)).map(attachment),
      ...message.components.map((item) => component(item, message, act, state, names))].filter(Boolean));
  }
  const failure = state.failures.find((item) => item.message_id === message.id);
  if (failure) body.append(el("p", { className: "complaint" }, failure.notice, el("small", {}, failure.detail ?? "")));
  if (isPrivate) body.append(note(message, act.redraw));
  const article = el("article", { className: isPrivate ? "message private" : "message", "data-id": message.id },
    used(message, names), avatar(name, message.author.id, true), body);
  if (!isPrivate && act.messageMenu(message).length) article.append(withMenu(article, `the message of ${name}`, () => act.messageMenu(message)));
  return article;
}

function failed(item) {
  return el("article", { className: "message failed private" }, el("p", { className: "used" }, item.name),
    avatar("!", "0", true), el("div", {}, el("p", { className: "text" }, item.notice), el("p", { className: "muted" }, item.detail ?? ""),
      el("p", { className: "note" }, "Only you can see this")));
}

/** Draws the channel: messages and failed interactions in the order of their ids. */
export function drawMessages(box, state, act, names) {
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const items = [
    ...state.messages.filter((message) => !hidden.has(message.id)).map((message) => [message.id, () => draw(message, act, state, names)]),
    ...state.failures.filter((item) => !item.message_id).map((item) => [item.id, () => failed(item)]),
    ...act.pending.map((line, index) => [`9${"9".repeat(20)}${index}`, () => el("article", { className: "message private" }, avatar("…", "1", true), el("p", { className: "thinking" }, `Sending ${line}…`))]),
  ].sort((one, two) => one[0].length - two[0].length || (one[0] < two[0] ? -1 : 1));
  box.replaceChildren(...(items.length ? items.map(([, make]) => make()) : [el("p", { className: "empty" }, "Nothing here yet. Say something, or type / for a command.")]));
  if (!atEnd) return;
  const toEnd = () => { box.scrollTop = box.scrollHeight; };
  toEnd();
  // Pictures grow the page when they arrive.
  for (const picture of box.querySelectorAll("img")) if (!picture.complete) picture.addEventListener("load", toEnd, { once: true });
}

/** Brings relative times up to date. */
export function refreshTimes() {
  for (const node of document.querySelectorAll("[data-relative]")) node.textContent = ago(Number(node.dataset.relative));
}
