// Discord's markdown as elements.
import { ago, el } from "./dom.js";

const INLINE = new RegExp([
  "\\\\(?<escaped>[^0-9A-Za-z\\s])",
  "``(?<code2>[^]+?)``|`(?<code>[^`]+)`",
  "\\*\\*(?<bold>[^]+?)\\*\\*(?!\\*)",
  "__(?<under>[^]+?)__",
  "~~(?<strike>[^]+?)~~",
  "\\|\\|(?<spoiler>[^]+?)\\|\\|",
  "\\*(?<italic>[^\\s*][^*]*?)\\*|(?<![A-Za-z0-9])_(?<italic2>[^_]+?)_(?![A-Za-z0-9])",
  "\\[(?<label>[^\\]]+)\\]\\(<?(?<href>https?:\\/\\/[^\\s)>]+)>?\\)",
  "<(?<bare>https?:\\/\\/[^\\s>]+)>|(?<url>https?:\\/\\/[^\\s<]+[^\\s<.,:;\"')\\]])",
  "<@!?(?<user>\\d+)>|<@&(?<role>\\d+)>|<#(?<channel>\\d+)>",
  "<t:(?<time>-?\\d+)(?::(?<style>[tTdDfFsSR]))?>",
  "<a?:(?<emoji>\\w+):\\d+>",
  "(?<everyone>@(?:everyone|here))",
  "<\\/(?<slash>[^:>]+):\\d+>",
].join("|"), "g");

const TIME_STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" }, S: { dateStyle: "short", timeStyle: "medium" },
};

function link(href, ...label) {
  return el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...label);
}

function time(seconds, style) {
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return "Invalid date";
  const full = new Intl.DateTimeFormat("en", TIME_STYLES.F).format(moment);
  const node = el("time", { className: "stamp", dateTime: moment.toISOString(), title: full });
  if (style === "R") { node.dataset.relative = String(moment.getTime()); node.textContent = ago(moment.getTime()); }
  else node.textContent = new Intl.DateTimeFormat("en", TIME_STYLES[style ?? "f"]).format(moment);
  return node;
}

function spoiler(inner) {
  const node = el("button", { type: "button", className: "spoiler", "aria-label": "Spoiler, show" }, ...inner);
  node.addEventListener("click", () => { node.classList.add("open"); node.removeAttribute("aria-label"); });
  return node;
}

function token(groups, names) {
  const mention = (sign, id, kind) => el("span", { className: "mention" }, sign + (names[kind]?.[id] ?? `unknown-${kind}`));
  if (groups.escaped !== undefined) return groups.escaped;
  if (groups.code2 !== undefined || groups.code !== undefined) return el("code", {}, groups.code2 ?? groups.code);
  if (groups.bold !== undefined) return el("strong", {}, ...inline(groups.bold, names));
  if (groups.under !== undefined) return el("u", {}, ...inline(groups.under, names));
  if (groups.strike !== undefined) return el("s", {}, ...inline(groups.strike, names));
  if (groups.spoiler !== undefined) return spoiler(inline(groups.spoiler, names));
  if (groups.italic !== undefined || groups.italic2 !== undefined) return el("em", {}, ...inline(groups.italic ?? groups.italic2, names));
  if (groups.href !== undefined) return link(groups.href, ...inline(groups.label, names));
  if (groups.bare !== undefined || groups.url !== undefined) return link(groups.bare ?? groups.url, groups.bare ?? groups.url);
  if (groups.user !== undefined) return mention("@", groups.user, "user");
  if (groups.role !== undefined) return mention("@", groups.role, "role");
  if (groups.channel !== undefined) return mention("#", groups.channel, "channel");
  if (groups.time !== undefined) return time(groups.time, groups.style);
  if (groups.emoji !== undefined) return `:${groups.emoji}:`;
  if (groups.everyone !== undefined) return el("span", { className: "mention" }, groups.everyone);
  return el("span", { className: "mention" }, `/${groups.slash}`);
}

/** Reads one run of text into nodes. */
export function inline(text, names) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) nodes.push(text.slice(at, match.index));
    nodes.push(token(match.groups, names));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

function blocks(text, names) {
  const nodes = [];
  let paragraph = [], list = null, quote = null;
  const flush = () => {
    if (paragraph.length) nodes.push(el("p", {}, ...inline(paragraph.join("\n"), names)));
    if (list) nodes.push(el("ul", {}, ...list.map((item) => el("li", {}, ...inline(item, names)))));
    if (quote) nodes.push(el("blockquote", {}, ...inline(quote.join("\n"), names)));
    paragraph = []; list = null; quote = null;
  };
  for (const line of text.split("\n")) {
    const heading = /^(#{1,3}) (.+)$/.exec(line);
    const item = /^\s*[-*] (.+)$/.exec(line);
    const quoted = /^>(?:>>)? (.*)$/.exec(line);
    const sub = /^-# (.+)$/.exec(line);
    if (heading) { flush(); nodes.push(el(`h${heading[1].length + 3}`, {}, ...inline(heading[2], names))); }
    else if (sub) { flush(); nodes.push(el("p", { className: "sub" }, ...inline(sub[1], names))); }
    else if (item) { if (!list) { flush(); list = []; } list.push(item[1]); }
    else if (quoted) { if (!quote) { flush(); quote = []; } quote.push(quoted[1]); }
    else { if (list || quote) flush(); paragraph.push(line); }
  }
  flush();
  return nodes;
}

/** Reads a whole text into nodes; `names` holds user, role and channel names by id. */
export function markdown(text, names) {
  const nodes = [];
  text.split(/```(?:[a-zA-Z0-9+-]+\n)?([^]*?)```/).forEach((part, index) => {
    if (index % 2) nodes.push(el("pre", {}, el("code", {}, part.replace(/^\n|\n$/g, ""))));
    else if (part.trim()) nodes.push(...blocks(part.replace(/^\n+|\n+$/g, ""), names));
  });
  return nodes;
}
