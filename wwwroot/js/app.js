// Small conveniences of the whole site. Everything that needs data lives in its own file.

// Times are written by the server as <time datetime="…"> and shown in the reader's own zone, unless data-local says the text stays. The text node stays Blazor's own, so that
// it can go on updating it; what it writes is turned again.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
// Where the day is clear: <time data-time="clock">.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
const localise = time => {
  const when = new Date(time.dateTime);
  if (Number.isNaN(when.valueOf()) || time.dataset.local !== undefined) return;
  const text = (time.dataset.time === "clock" ? clock : format).format(when);
  if (time.textContent === text) return;
  if (time.firstChild?.nodeType === Node.TEXT_NODE) time.firstChild.nodeValue = text;
  else time.textContent = text;
};
const localiseIn = node => {
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  const around = element?.closest("time[datetime]");
  if (around) localise(around);
  else element?.querySelectorAll("time[datetime]").forEach(localise);
};
new MutationObserver(changes => {
  for (const change of changes) {
    if (change.type === "childList") change.addedNodes.forEach(localiseIn);
    else localiseIn(change.target);
  }
}).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["datetime"] });
localiseIn(document.body);

// Strips of tabs: the open one is brought into sight, sideways only, when it is shown or chosen.
const reveal = open => {
  const strip = open.closest("[data-strip]");
  if (!strip) return;
  const [a, b] = [strip.getBoundingClientRect(), open.getBoundingClientRect()];
  if (b.left < a.left || b.right > a.right) strip.scrollLeft += (b.left + b.right - a.left - a.right) / 2;
};
new MutationObserver(changes => {
  for (const { type, target, addedNodes } of changes) {
    if (type === "attributes") {
      if (target.ariaCurrent) reveal(target);
    } else {
      addedNodes.forEach(node => node.querySelectorAll?.("[data-strip] [aria-current]").forEach(reveal));
    }
  }
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-current"] });

// The message of a lost connection offers to load the page again; the page itself is deaf then.
document.addEventListener("click", event => {
  if (event.target.closest?.("[data-reload]")) location.reload();
});

// Copy buttons: <button data-copy="#id"> copies the text of the element.
document.addEventListener("click", async event => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  if (!source) return;
  await navigator.clipboard.writeText(source.textContent);
  button.dataset.copied = "";
  setTimeout(() => delete button.dataset.copied, 1500);
});

// The first HTML has done its part when the circuit has drawn the page.
const firstPaint = document.querySelector(".lb-first-paint");
const isDrawn = () => document.querySelector(".lb-app:not(.lb-first-paint)") !== null;
if (isDrawn()) {
  firstPaint?.remove();
} else {
  new MutationObserver((_, observer) => {
    if (!isDrawn()) return;
    observer.disconnect();
    firstPaint?.remove();
  }).observe(document.body, { childList: true });
}
