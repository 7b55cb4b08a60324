// How a test finds what to press: by its words, or by where its form goes.
const seen = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
const tidy = s => s.replace(/\s+/g, " ").trim();
const open = e => { for (let d = e.closest("details"); d; d = d.parentElement.closest("details")) d.open = true; };

function named(words) {
  const all = [...document.querySelectorAll("a[href], button, summary, label, [role=button]")].filter(seen);
  const called = e => tidy(e.getAttribute("aria-label") || e.innerText);
  return all.find(e => called(e) === words) || all.find(e => called(e).includes(words));
}

function labelled(words) {
  const label = [...document.querySelectorAll("label")].find(l => tidy(l.innerText).includes(words));
  if (label) open(label);
  return label?.control;
}

// form finds a form that goes to the act, brings the hidden values and has the other fields;
// what is not hidden is filled in.
function form(act, values) {
  const goes = (f, b) => new URL(b?.getAttribute("formaction") || f.getAttribute("action") || "", location).pathname.endsWith("/" + act);
  for (const f of document.querySelectorAll("form[method=post]")) {
    if (f.closest("dialog:not([open])")) continue;
    const named = name => [...f.elements].filter(e => e.name === name);
    const fits = Object.entries(values).every(([name, value]) => {
      const controls = named(name);
      const bound = controls.filter(c => ["hidden", "submit", "radio"].includes(c.type));
      return controls.length > 0 && (bound.length < controls.length || bound.some(c => c.value === value));
    });
    const button = [...f.elements].find(b => b.type === "submit" && goes(f, b) && (!(b.name in values) || b.value === values[b.name]));
    if (!fits || !button) continue;
    open(button);
    for (const [name, value] of Object.entries(values)) for (const c of named(name)) {
      if (c.type === "checkbox" || c.type === "radio") c.checked = c.type === "checkbox" ? value !== "" : c.value === value || c.checked;
      else if (c.type !== "hidden" && c.type !== "submit") c.value = value;
      c.dispatchEvent(new Event("input", {bubbles: true}));
      c.dispatchEvent(new Event("change", {bubbles: true}));
    }
    return button;
  }
}

function spot(finder) {
  const e = finder();
  if (!e) return {missed: "there is no such thing"};
  e.scrollIntoView({block: "center", behavior: "instant"});
  const box = e.getClientRects()[0];
  if (!box) return {missed: "it cannot be seen"};
  const at = {x: box.x + box.width / 2, y: box.y + box.height / 2, missed: ""};
  const hit = document.elementFromPoint(at.x, at.y);
  if (!hit || !(e.contains(hit) || hit.contains(e))) at.missed = "it is covered by " + (hit ? hit.outerHTML.slice(0, 200) : "nothing");
  const link = e.matches("a[href]") && e.target === "" && !e.getAttribute("href").startsWith("#") && !e.href.startsWith("tel:");
  at.leads = link || e.type === "submit";
  return at;
}
