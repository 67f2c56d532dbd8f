// The chat: Enter sends, Shift+Enter begins a line; the log follows the answer unless the reader has scrolled up.
document.addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches?.("[data-send]")) return;
  event.preventDefault();
  event.target.form?.requestSubmit();
});

const near = 80; // pixels from the end that still count as "at the end"
let log = null;
let follow = true;
const attach = () => {
  const found = document.getElementById("turns");
  if (found === log) return;
  log = found;
  follow = true;
  log?.addEventListener("scroll", () => { follow = log.scrollHeight - log.scrollTop - log.clientHeight < near; }, { passive: true });
};
attach();
new MutationObserver(() => {
  attach();
  if (log && follow) log.scrollTop = log.scrollHeight;
}).observe(document.getElementById("main") ?? document.body, { childList: true, subtree: true, characterData: true });
