// Small conveniences of the whole site. Everything that needs data lives in its own file.

// Times are written by the server as <time datetime="…"> and shown in the reader's own zone.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
// Where the day is clear: <time data-time="clock">.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
const localise = root => {
  for (const element of root.querySelectorAll?.("time[datetime]:not([data-local])") ?? []) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.valueOf())) continue;
    element.textContent = (element.dataset.time === "clock" ? clock : format).format(when);
    element.dataset.local = "";
  }
};
new MutationObserver(changes => {
  for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) localise(node.parentNode ?? node);
}).observe(document.body, { childList: true, subtree: true });
localise(document);

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
