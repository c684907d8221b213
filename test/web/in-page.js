// What a page in a browser is asked of itself: read as text by seen.ts, and run there.

/** Shows enough of an element to find it. */
const shown = (element) => element.outerHTML.slice(0, 160);

/** What is not to be seen in full: what makes the page scroll sideways, or ends behind an edge. */
function cutOff() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const found = [];
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth - clientWidth} px too wide`);
  for (const element of document.querySelectorAll("body *")) {
    // What is written for those who hear the page, or drawn, or only one of a list's choices.
    if (element.closest(".unseen, .skip, [hidden], svg, option") !== null) continue;
    const { overflowX, overflowY } = getComputedStyle(element);
    const isTooWide = element.scrollWidth > element.clientWidth + 1;
    const isTooHigh = element.scrollHeight > element.clientHeight + 1;
    const isClipped =
      (/hidden|clip/.test(overflowX) && isTooWide) || (/hidden|clip/.test(overflowY) && isTooHigh);
    if (isClipped) found.push(`clipped: ${shown(element)}`);
    const { left, right, width } = element.getBoundingClientRect();
    const isOutside = width > 0 && (left < -0.5 || right > clientWidth + 0.5);
    if (isOutside && !isInScrolling(element)) found.push(`outside: ${shown(element)}`);
  }
  return found;
}

/** Whether somebody can bring into sight what lies outside. */
function isInScrolling(element) {
  for (let each = element.parentElement; each !== null; each = each.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(each).overflowX)) return true;
  }
  return false;
}

/** All that one could tell an element by, but for its text. */
const LOOKS = [
  "color",
  "backgroundColor",
  "borderTopStyle",
  "borderTopWidth",
  "borderTopColor",
  "borderLeftStyle",
  "borderLeftWidth",
  "outlineStyle",
  "textDecorationLine",
  "fill",
  "stroke",
  "strokeWidth",
  "strokeDasharray",
];

/** What stands for a meaning by its look: two meanings shall not look the same. */
const MEANINGS = [
  "rect.good, rect.bad",
  "rect.waited, rect.waits, rect.ran, rect.failed",
  ".legend .dot",
  ".timeline .dot",
  ".graph .node",
  ".concerns li",
];

/** What looks like something that it is not, or like nothing. */
function indistinct() {
  const paper = getComputedStyle(document.body).backgroundColor;
  // What lets the page through looks as what has its colour.
  const asSeen = (value) => (/^rgba\(.*, 0\)$/.test(value) ? paper : value);
  const lookOf = (element) => {
    const style = getComputedStyle(element);
    return LOOKS.map((name) => asSeen(style[name])).join(" ");
  };
  const hasEdge = (element) => {
    const style = getComputedStyle(element);
    return ["border-top", "outline"].some((edge) => {
      const of = (what) => style.getPropertyValue(`${edge}-${what}`);
      return of("style") !== "none" && of("width") !== "0px" && asSeen(of("color")) !== paper;
    });
  };
  const found = [];
  const each = (selector, tell) => {
    for (const element of document.querySelectorAll(selector)) {
      const wrong = element.closest("[hidden]") === null ? tell(element) : undefined;
      if (wrong !== undefined) found.push(`${wrong}: ${shown(element)}`);
    }
  };
  each("main button, select, input, .badge, .verdict, .tiles li", (element) =>
    element.type === "checkbox" || element.type === "hidden" || hasEdge(element)
      ? undefined
      : "no edge",
  );
  each(".badge, .verdict, .concerns li", (element) =>
    element.textContent.trim() === "" ? "no word" : undefined,
  );
  each(".dot", (element) =>
    asSeen(getComputedStyle(element).backgroundColor) === paper ? "unseen" : undefined,
  );
  each("a[aria-current]", (here) => {
    const others = [...here.closest("nav").querySelectorAll("a:not([aria-current], .verdict)")];
    return others.some((other) => lookOf(other) === lookOf(here))
      ? "as where one is not"
      : undefined;
  });
  for (const selector of MEANINGS) {
    const meanings = new Map();
    each(selector, (element) => {
      const [look, meaning] = [lookOf(element), element.getAttribute("class") ?? ""];
      const other = meanings.get(look) ?? meaning;
      meanings.set(look, meaning);
      return other === meaning ? undefined : `as ${other}`;
    });
  }
  return found;
}

globalThis.seen = { cutOff, indistinct };
