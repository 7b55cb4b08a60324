// The page of the phone lab. The server renders everything; this script asks for the board again
// whenever the server says that something has changed, puts in only what is new, so that nobody
// loses what they are typing, and sends what people do to the control API.
"use strict";

const board = document.getElementById("board");
const made = new Map(); // id of an element → the HTML it was last made from

function changed(fresh) {
  const html = fresh.outerHTML;
  if (made.get(fresh.id) === html) return false;
  made.set(fresh.id, html);
  return true;
}

// sync makes the children of parent those of fresh; all of them have ids.
function sync(parent, fresh) {
  const wanted = new Set(Array.from(fresh.children, (child) => child.id));
  for (const child of [...parent.children]) if (!wanted.has(child.id)) child.remove();
  [...fresh.children].forEach((child, i) => {
    const old = document.getElementById(child.id);
    if (old) {
      update(old, child);
      return;
    }
    changed(child);
    parent.insertBefore(child, parent.children[i] ?? null);
    finish(child);
  });
}

function update(old, fresh) {
  if (!changed(fresh)) return;
  if (fresh.matches(".cards")) {
    sync(old, fresh);
  } else if (fresh.matches(".card")) {
    for (const live of fresh.querySelectorAll("[data-live]")) refill(document.getElementById(live.id), live);
    const select = old.querySelector("select");
    if (select && select !== document.activeElement) select.value = fresh.querySelector("select").value;
  } else if (!old.contains(document.activeElement)) {
    old.replaceWith(fresh);
  }
}

// refill replaces what is in a live region and keeps what is open, where the reader is and the focus.
function refill(old, fresh) {
  if (!changed(fresh)) return;
  const open = Array.from(old.querySelectorAll("details[open][id]"), (d) => d.id);
  const focus = old.contains(document.activeElement) ? document.activeElement.dataset : {};
  const typed = Array.from(old.querySelectorAll("input[id]"), (i) => [i.id, i.value, i === document.activeElement]);
  old.replaceChildren(...fresh.childNodes);
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  for (const [id, value, active] of typed) {
    const input = document.getElementById(id);
    if (input) input.value = value;
    if (input && active) input.focus();
  }
  if (focus.key) old.querySelector(`[data-key="${focus.key}"]`)?.focus();
  finish(old);
}

function finish(element) {
  for (const text of element.querySelectorAll("[data-links]")) link(text);
  const threads = element.matches(".thread") ? [element] : element.querySelectorAll(".thread");
  for (const thread of threads) thread.scrollTop = thread.scrollHeight;
}

// link makes web addresses in a text clickable; the text itself never becomes markup.
function link(element) {
  const parts = element.textContent.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/);
  if (parts.length < 2) return;
  element.replaceChildren(...parts.map((part, i) => {
    if (i % 2 === 0) return part;
    const a = document.createElement("a");
    a.href = part;
    a.target = "_blank";
    a.rel = "noopener noreferrer";
    a.textContent = part;
    return a;
  }));
}

let running = false;
let again = false;

async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    do {
      again = false;
      const response = await fetch("/lab/board" + location.search);
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      sync(board, page.body);
    } while (again);
  } catch {
    show("reconnecting", false);
  } finally {
    running = false;
  }
}

function show(text, live) {
  const state = document.getElementById("live");
  state.textContent = text;
  state.classList.toggle("on", live);
}

let hide;

function problem(text) {
  const notice = document.getElementById("problem");
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => { notice.hidden = true; }, 8000);
}

// send does something through the control API and tells what is in the way of it.
async function send(method, path, body) {
  try {
    const response = await fetch("/lab/api/" + path, {
      method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (response.ok) return true;
    problem((await response.json()).detail);
  } catch {
    problem("The phone lab does not answer. Is it still running?");
  }
  return false;
}

const phonePath = (element) => "phones/" + encodeURIComponent(element.closest(".phone").dataset.number);
const callPath = (element) => phonePath(element) + "/calls/" + element.closest(".call").dataset.sid;

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = form.elements.body?.value;
  let sent = false;
  if (form.matches("[data-reply]")) sent = await send("POST", phonePath(form) + "/reply", { body });
  if (form.matches("[data-answer]")) {
    const path = "inboxes/" + encodeURIComponent(form.closest(".box").dataset.address) + "/reply";
    sent = await send("POST", path, { mail: form.dataset.answer, body });
  }
  if (sent) form.reset();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.key) send("POST", callPath(button) + "/keys", { digits: button.dataset.key });
  if ("dial" in button.dataset) send("POST", phonePath(button) + "/call", {});
  if ("hangup" in button.dataset) send("POST", callPath(button) + "/hangup", {});
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.name === "behaviour") send("PUT", phonePath(field), { behaviour: field.value });
  const form = field.closest("[data-send]");
  if (!form || !form.checkValidity()) return;
  const body = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    body[input.name] = input.type === "checkbox" ? input.checked : input.type === "number" ? Number(input.value) : input.value;
  }
  send("PUT", form.dataset.send, body);
});

finish(board);
const stream = new EventSource("/lab/events");
stream.onopen = () => show("live", true);
stream.onerror = () => show("reconnecting", false);
stream.onmessage = refresh;
