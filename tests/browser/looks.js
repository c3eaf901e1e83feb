// What a person would see on the page at hand, as lists of complaints. Evaluated in the page by tests/browser/looks.py.
({ language, names, data }) => {
  for (const moving of document.getAnimations()) moving.finish();
  const found = { contrast: [], wide: [], words: [] };
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const known = new Map();
  // Any colour the browser can draw (oklch, color-mix, light-dark), as red, green, blue, alpha.
  const rgba = (text) => {
    if (!known.has(text)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = text;
      brush.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((part, i) => part * a + under[i] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, two) => {
    const [high, low] = [light(one), light(two)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const name = (element) => {
    const classes = typeof element.className === "string" ? element.className.trim().split(/\s+/).slice(0, 2) : [];
    return [element.tagName.toLowerCase(), ...classes].join(".") + (element.id ? `#${element.id}` : "");
  };
  const grounds = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.push(at);
    let ground = rgba(getComputedStyle(document.documentElement).getPropertyValue("color-scheme").includes("dark") ? "#000" : "#fff").slice(0, 3);
    let opacity = 1;
    for (const at of chain.reverse()) {
      const style = getComputedStyle(at);
      ground = over(rgba(style.backgroundColor), ground);
      opacity *= Number(style.opacity);
    }
    return { ground, opacity };
  };
  const hidden = (element) => !element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const clipped = (element) => Boolean(element.closest(".c-hidden, .c-skip, .visually-hidden, [popover]:not(:popover-open), dialog:not([open])"));
  const foreign = (element) => element.closest(`[lang]:not([lang="${language}"]):not(html), ${language === "fa" ? "[dir=ltr], .c-ltr, " : ""}code, kbd, script, style, noscript${data ? `, ${data}` : ""}`);
  const stranger = language === "fa" ? /[A-Za-z]{2,}|[0-9]/ : /[\u0600-\u06ff]/;
  const strange = (text) => stranger.test(names.reduce((rest, name) => rest.replaceAll(name, ""), text.replace(/https?:\/\/\S+|\S+@\S+/g, "")));
  const say = (list, text) => list.length < 12 && !list.includes(text) && list.push(text);

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim();
    const element = node.parentElement;
    if (!text || hidden(element) || clipped(element)) continue;
    if (!foreign(element) && strange(text)) say(found.words, `${name(element)}: ${text.slice(0, 60)}`);
    if (element.closest(":disabled, [aria-disabled=true], option, script, style")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(element);
    const { ground, opacity } = grounds(element);
    const ink = rgba(element.closest("svg") ? style.fill : style.color);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const measured = ratio(over([...ink.slice(0, 3), ink[3] * opacity], ground), ground);
    if (measured < needed) say(found.contrast, `${measured.toFixed(2)} ${name(element)}: ${text.slice(0, 40)}`);
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (hidden(element) || foreign(element) || element.closest("svg")) continue;
    for (const key of ["aria-label", "placeholder", "title", "alt"]) {
      const text = element.getAttribute(key) ?? "";
      if (strange(text)) say(found.words, `${name(element)} ${key}: ${text.slice(0, 60)}`);
    }
  }
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > width) {
    for (const element of document.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      const inside = element.closest(".c-scroll, [data-scroll]") || [...parents(element)].some(scrolls);
      if (box.width && (box.right > width + 1 || box.left < -1) && !inside && !hidden(element)) say(found.wide, `${name(element)} ${Math.round(box.left)}..${Math.round(box.right)}`);
    }
    if (!found.wide.length) found.wide.push(`scrolls to ${document.scrollingElement.scrollWidth}`);
  }
  function* parents(element) {
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) yield at;
  }
  function scrolls(element) {
    return ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX);
  }
  return found;
}
