// Keeps the page fresh and sends its forms without leaving it. Everything also
// works without this file.
"use strict";

document.documentElement.classList.add("script");

// What the server last sent for each live element, by id: an element is only
// replaced when that changed, so that an open mail or a half-written form stays.
const last = new Map();

function remember(root) {
  for (const el of root.querySelectorAll("[data-live]")) {
    last.set(el.id, el.outerHTML);
    if (el.hasAttribute("data-list")) for (const child of el.children) last.set(child.id, child.outerHTML);
  }
}

function swap(old, fresh) {
  last.set(fresh.id, fresh.outerHTML);
  const node = document.importNode(fresh, true);
  for (const d of old.querySelectorAll("details[id]")) {
    const same = node.querySelector("#" + CSS.escape(d.id));
    if (same) same.open = d.open;
  }
  if (old instanceof HTMLDetailsElement) node.open = old.open;
  const typed = old.querySelector("input[data-keep]"), now = node.querySelector("input[data-keep]");
  if (typed && now) now.value = typed.value;
  old.replaceWith(node);
}

function list(old, fresh) {
  const want = new Set([...fresh.children].map((c) => c.id));
  for (const child of [...old.children]) if (!want.has(child.id)) child.remove();
  let at = old.firstElementChild;
  for (const child of fresh.children) {
    const have = document.getElementById(child.id);
    if (!have) {
      last.set(child.id, child.outerHTML);
      const node = document.importNode(child, true);
      node.classList.add("fresh");
      old.insertBefore(node, at);
      continue;
    }
    if (have !== at) old.insertBefore(have, at); else at = at.nextElementSibling;
    if (last.get(child.id) !== child.outerHTML) swap(have, child);
  }
}

function update(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const old = document.getElementById(fresh.id);
    if (!old || last.get(fresh.id) === fresh.outerHTML) continue;
    if (fresh.hasAttribute("data-list")) {
      list(old, fresh);
      last.set(fresh.id, fresh.outerHTML);
      continue;
    }
    const before = document.querySelector("#modal")?.dataset.view;
    swap(old, fresh);
    if (fresh.id === "modal-slot") showModal(before);
    if (fresh.id === "note") fadeNote();
  }
}

// A new modal starts at its first field, a refused one at the first error; one
// that was redrawn shows what came below its fields: the preview.
function showModal(before) {
  const modal = document.querySelector("#modal");
  if (!modal) return;
  const wrong = modal.querySelector(".wrong");
  const below = [...modal.querySelectorAll(".b-input")].pop()?.nextElementSibling;
  if (before === modal.dataset.view && !wrong && below) {
    below.scrollIntoView({ block: "start" });
    modal.querySelector("#modal-submit")?.focus({ preventScroll: true });
    return;
  }
  const field = ":is(input:not([type=hidden]), textarea, select)";
  modal.querySelector(`.content ${wrong ? ".wrong" : ""} ${field}`)?.focus();
}

// Good news goes by itself, bad news stays.
function fadeNote() {
  const note = document.querySelector(".note:not(.bad)");
  if (note) setTimeout(() => { note.hidden = true; }, 6000);
}

let running = false, again = false;
async function refresh() {
  if (running) { again = true; return; }
  running = true;
  do {
    again = false;
    try {
      const r = await fetch(location.pathname + location.search);
      if (r.ok) update(await r.text());
    } catch { /* the demo was stopped; the next event tells when it is back */ }
  } while (again);
  running = false;
}

document.addEventListener("submit", async (e) => {
  const form = e.target;
  if (form.method !== "post") return;
  const button = e.submitter;
  e.preventDefault();
  if (button?.dataset.confirm && !confirm(button.dataset.confirm)) return;
  const data = new FormData(form, button);
  for (const f of form.querySelectorAll("input[data-keep]")) f.value = ""; // it stands in the thread soon
  button?.setAttribute("aria-busy", "true");
  try {
    const r = await fetch(button?.getAttribute("formaction") || form.getAttribute("action"),
      { method: "POST", body: data, headers: { "X-Script": "1" } });
    const text = await r.text();
    if (!r.ok) throw new Error(text);
    update(text);
    refresh(); // what the event stream told meanwhile may be newer
    if (form.id === "write" && !document.querySelector("#note.bad")) {
      for (const f of form.querySelectorAll("input:not([name=token], [name=as], [name=box]), textarea")) f.value = "";
      const cancel = form.querySelector("a");
      if (cancel) location.assign(cancel.href); // the answer is written
    }
  } catch (err) {
    alert(err.message);
  } finally {
    button?.removeAttribute("aria-busy");
  }
});

document.addEventListener("change", (e) => {
  if (e.target.closest("form[data-auto]")) e.target.form.requestSubmit();
});

document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") document.querySelector("#modal header button")?.click();
});

remember(document);
if (location.hash === "#write") document.querySelector("#write textarea").focus();
showModal();
fadeNote();
new EventSource("/events").onmessage = refresh;
