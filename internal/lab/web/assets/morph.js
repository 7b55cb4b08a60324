// Morph makes what stands on the page the same as what the server has rendered anew, by changing only
// what differs. Whatever a reader is doing stays: the focus, a field that was edited, how far a list
// was scrolled, what was unfolded. An element with data-keep is left to the script.

export function morph(old, fresh) {
  if (old.hasAttribute("data-keep") || old.matches("select") && old === document.activeElement) return;
  const control = old.matches("input, select") && settled(old) && stated(old) !== stated(fresh);
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !theirs(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !theirs(old, name)) old.setAttribute(name, value);
  }
  children(old, fresh);
  if (control) take(old);
}

// theirs tells whether an attribute is the reader's, not the server's.
const theirs = (element, name) => name === "open" && element.matches("details");

// stated is what the server says a control holds; take makes it hold that.
function stated(control) {
  if (control.type === "checkbox") return control.defaultChecked;
  if (control.matches("select")) return control.querySelector("option[selected]")?.value;
  return control.defaultValue;
}

export function take(control) {
  if (control.type === "checkbox") control.checked = control.defaultChecked;
  else control.value = stated(control) ?? "";
}

// settle makes what a control holds the server's word: it was sent and taken.
export function settle(control) {
  if (control.type === "checkbox") control.defaultChecked = control.checked;
  else if (control.matches("select")) for (const option of control.options) option.defaultSelected = option.selected;
  else control.defaultValue = control.value;
}

// settled tells whether nobody is editing a control.
function settled(control) {
  const held = control.type === "checkbox" ? control.checked : control.value;
  return control !== document.activeElement && (stated(control) === undefined || held === stated(control));
}

function children(parent, fresh) {
  const wanted = new Set(Array.from(fresh.children, (child) => child.id).filter(Boolean));
  for (const child of [...parent.children]) if (child.id && !wanted.has(child.id)) child.remove();
  const known = new Map(Array.from(parent.children, (child) => [child.id, child]));
  let place = parent.firstChild;
  for (const child of [...fresh.childNodes]) {
    const match = child.id ? known.get(child.id) : alike(place, child) ? place : undefined;
    if (!match || match.nodeName !== child.nodeName) {
      parent.insertBefore(child, place);
      continue;
    }
    if (match === place) place = place.nextSibling;
    else parent.insertBefore(match, place);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, child);
    else if (match.data !== child.data) match.data = child.data;
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

// alike tells whether a node without an id may become another.
const alike = (old, fresh) => old && !old.id && old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName;
