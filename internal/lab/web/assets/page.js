// The page of the phone lab. The server renders everything; this script asks for it again whenever the
// server says that something has changed, lets morph.js put in what is new, and sends what people do
// to the control API.
import { morph, settle, take } from "./morph.js";
import { speak } from "./speak.js";

const byId = (id) => document.getElementById(id);

let running = false;
let again = false;

// refresh brings the page up to date. One runs at a time; what happens meanwhile is asked for after it.
async function refresh() {
  again = running;
  if (running) return;
  running = true;
  try {
    do {
      again = false;
      const response = await fetch(wished(), { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(response.statusText);
      put(new DOMParser().parseFromString(await response.text(), "text/html"));
    } while (again);
    if (stream.readyState === EventSource.OPEN) document.body.dataset.state = "live";
  } catch (error) {
    document.body.dataset.state = "away";
    if (!(error instanceof TypeError)) console.warn(error); // a TypeError is a line that is down
  } finally {
    running = false;
  }
}

// wished is the address of what is looked at, in the language that was chosen on this machine.
function wished() {
  const address = new URL(location);
  const chosen = localStorage.getItem("language");
  if (chosen) address.searchParams.set("lang", chosen);
  return address.pathname + address.search;
}

function put(fresh) {
  const reached = document.activeElement?.closest(".card");
  const atEnd = new Map(Array.from(document.querySelectorAll(".thread, .said"), (e) => [e.id, ended(e)]));
  document.title = fresh.title;
  document.documentElement.lang = fresh.documentElement.lang;
  for (const name of ["gone", "refused"]) document.body.dataset[name] = fresh.body.dataset[name];
  for (const part of fresh.body.querySelectorAll(":scope > [id]")) morph(byId(part.id), part);
  for (const e of document.querySelectorAll(".thread, .said")) if (atEnd.get(e.id) ?? true) e.scrollTop = e.scrollHeight;
  if (reached?.isConnected && document.activeElement === document.body) reached.focus({ preventScroll: true });
  tick();
  read();
  speak(byId("sound").checked);
}

const ended = (e) => e.scrollHeight - e.scrollTop - e.clientHeight < 8;

// read tells the lab that somebody looks at a phone or has opened a mail.
function read() {
  if (document.hidden) return;
  const phone = document.activeElement?.closest(".phone[data-unread]");
  if (phone) send("POST", phonePath(phone) + "/read");
  const mail = document.querySelector(".reading[data-unread]");
  if (mail) send("POST", `inboxes/${encodeURIComponent(mail.dataset.address)}/mails/${encodeURIComponent(mail.dataset.mail)}/read`);
}

// tick moves the clocks of the phones and of their calls on.
function tick() {
  const now = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  for (const clock of document.querySelectorAll("[data-clock]")) if (clock.textContent !== now) clock.textContent = now;
  const speed = Number(byId("main").dataset.speed);
  for (const lasts of document.querySelectorAll("[data-since]")) {
    const s = Math.max(0, Math.floor((Date.now() - Number(lasts.dataset.since)) / 1000 * speed));
    lasts.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  }
}

let hide;

// problem says what is in the way; what the lab itself says about it is English.
function problem(text, detail) {
  const notice = byId("problem");
  notice.textContent = text;
  if (detail) {
    const said = document.createElement("span");
    said.lang = "en";
    said.textContent = " " + detail;
    notice.append(said);
  }
  notice.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => { notice.hidden = true; }, 10000);
}

// send does something through the control API.
async function send(method, path, body = {}) {
  try {
    const response = await fetch("/lab/api/" + path, {
      method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (response.ok) return true;
    problem(document.body.dataset.refused, (await response.json()).detail);
  } catch {
    problem(document.body.dataset.gone);
  }
  return false;
}

const phonePath = (element) => "phones/" + encodeURIComponent(element.closest(".phone").dataset.number);
const callPath = (element) => phonePath(element) + "/calls/" + element.closest(".call").dataset.sid;

// go shows another part of the page without loading it anew.
async function go(address) {
  history.pushState(null, "", address);
  await refresh();
  const target = location.hash && byId(location.hash.slice(1));
  if (!target) return;
  target.scrollIntoView({ block: "nearest" });
  target.focus({ preventScroll: true });
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = form.elements.body?.value;
  let sent = false;
  if (form.matches("[data-reply]")) sent = await send("POST", phonePath(form) + "/reply", { body });
  if (form.matches("[data-answer]")) {
    const { address, mail } = form.closest(".reading").dataset;
    sent = await send("POST", `inboxes/${encodeURIComponent(address)}/reply`, { mail, body });
  }
  if (sent && form.elements.body.value === body) form.reset();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-stay], a[data-lang]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (link.dataset.lang) localStorage.setItem("language", link.dataset.lang);
    await (link.dataset.lang ? refresh() : go(link.href));
    return;
  }
  const button = event.target.closest("button");
  if (!button) return;
  const { key, text, call, post, done } = button.dataset;
  if (key) send("POST", callPath(button) + "/keys", { digits: key });
  if (text) send("POST", phonePath(button) + "/reply", { body: text });
  if (call) send("POST", callPath(button) + "/" + call);
  if ("dial" in button.dataset) send("POST", phonePath(button) + "/call");
  if (post && await send("POST", post) && done) byId(button.id + "-done").textContent = done;
});

document.addEventListener("keydown", (event) => {
  const pad = event.target.closest?.(".call")?.querySelector(".pad");
  const key = !event.ctrlKey && !event.metaKey && !event.altKey && pad?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (key) key.click();
});

document.addEventListener("change", async (event) => {
  const field = event.target;
  if (field.id === "sound") speak(field.checked);
  const form = field.closest("[data-send]");
  if (!form && field.name !== "behaviour") return;
  const kept = form
    ? form.checkValidity() && await send("PUT", form.dataset.send, settings(form))
    : await send("PUT", phonePath(field), { behaviour: field.value });
  (kept ? settle : take)(field);
});

// settings are what a form holds, as the control API takes it: shares as 0 to 1.
function settings(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    body[field.name] = field.type === "checkbox" ? field.checked
      : field.type === "number" ? Number(field.value) / ("percent" in field.dataset ? 100 : 1) : field.value;
  }
  return body;
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "find") return;
  const address = new URL(location);
  address.searchParams.set("q", event.target.value);
  history.replaceState(null, "", address);
  refresh();
});

document.addEventListener("focusin", read);
document.addEventListener("focusout", (event) => { if (event.target.matches("select, input")) refresh(); });
document.addEventListener("visibilitychange", read);
addEventListener("popstate", refresh);
setInterval(tick, 500);
tick();
for (const thread of document.querySelectorAll(".thread")) thread.scrollTop = thread.scrollHeight;

const stream = new EventSource("/lab/events");
stream.onopen = () => { document.body.dataset.state = "live"; };
stream.onerror = () => { document.body.dataset.state = "away"; };
stream.onmessage = refresh;
