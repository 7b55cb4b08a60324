// What every page must be. Each flaw is one line that says where it is.
const shown = e => e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true});
const where = e => e.outerHTML.replace(/\s+/g, " ").slice(0, 120);

async function judged() {
  // Style sheets are already read; asking for them again is what the page's policy forbids.
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false});
  return found.violations.flatMap(v => v.nodes.map(n => `axe ${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary.replace(/\s+/g, " ")}`));
}

function measured(target) {
  for (const d of document.querySelectorAll("details")) d.open = true;
  const flaws = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const clipped = e => e && (getComputedStyle(e).overflowX !== "visible" || clipped(e.parentElement));
    const wide = [...document.body.querySelectorAll("*")].filter(e => shown(e) && e.getBoundingClientRect().right > width + 1 && !clipped(e.parentElement));
    flaws.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${width}: ${wide.slice(-2).map(where)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || e.closest("script, style, noscript, option, title, desc") || !shown(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue; // for screen readers only
    const scale = e instanceof SVGElement ? Math.hypot(e.getScreenCTM().c, e.getScreenCTM().d) : 1;
    const size = parseFloat(getComputedStyle(e).fontSize) * scale;
    if (size < 15.99) small.add(`text of ${size.toFixed(1)} px: ${where(e)}`);
  }
  flaws.push(...small);
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")) {
    if (!shown(e) || e instanceof SVGElement) continue;
    // A link within a sentence is as tall as its line, and a box is as large as its label.
    const line = e.parentElement;
    if (e.matches("a") && getComputedStyle(e).display === "inline" && line.innerText.trim() !== e.innerText.trim()) continue;
    const label = e.matches("[type=checkbox], [type=radio]") && e.closest("label") || e;
    const box = label.getBoundingClientRect();
    if (box.width <= 1) continue; // shown when it has the focus
    if (box.width < target - 0.1 || box.height < target - 0.1) flaws.push(`${box.width.toFixed(0)} by ${box.height.toFixed(0)} px to press: ${where(e)}`);
  }
  return flaws;
}
