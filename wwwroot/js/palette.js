// Ctrl+K (⌘K): go to any page, model or setting by typing a part of its name. Pages come from the side bar, the others from the API.
const dialog = document.getElementById("palette");
const input = dialog.querySelector("input");
const list = dialog.querySelector("[role=listbox]");
const MOST = 12;
let items = [];
let active = 0;
let asked = 0;

const pages = () => [...document.querySelectorAll(".lb-nav-link")].map(link => ({ title: link.querySelector("span").textContent, hint: "Page", href: link.getAttribute("href") }));

const models = async text => {
  try {
    const answer = await fetch(`/api/models?limit=${MOST}&q=${encodeURIComponent(text)}`);
    if (!answer.ok) return [];
    return (await answer.json()).items.map(model => ({ title: model.name, hint: [model.params, model.quantization, model.status].filter(Boolean).join(" · "), href: `/models/${model.id}` }));
  } catch {
    return []; // the reconnect notice already says that the dashboard does not answer
  }
};

// Of the model whose page is open, else of the one used last.
const settings = async text => {
  if (text.length < 2) return [];
  const model = /^\/models\/(\d+)/.exec(location.pathname)?.[1];
  try {
    const answer = await fetch(`/api/parameters?limit=6&q=${encodeURIComponent(text)}${model ? `&model=${model}` : ""}`);
    if (!answer.ok) return [];
    return (await answer.json()).items.map(hit => ({ title: hit.label, hint: ["Setting", hit.tab, hit.model ?? "Server"].join(" · "), href: hit.href }));
  } catch {
    return [];
  }
};

const mark = index => {
  active = items.length ? (index + items.length) % items.length : 0;
  [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
  const option = list.children[active];
  if (items.length && option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
};

const show = found => {
  items = found.slice(0, MOST);
  list.replaceChildren(...items.map((item, i) => {
    const option = document.createElement("li");
    option.id = `palette-${i}`;
    option.role = "option";
    const title = document.createElement("span");
    title.textContent = item.title;
    const hint = document.createElement("span");
    hint.className = "lb-muted lb-small";
    hint.textContent = item.hint;
    option.append(title, hint);
    option.addEventListener("click", () => go(i));
    return option;
  }));
  dialog.querySelector("[data-empty]").hidden = items.length > 0;
  mark(0);
};

const search = async () => {
  const mine = ++asked;
  const text = input.value.trim().toLowerCase();
  const matching = pages().filter(page => page.title.toLowerCase().includes(text));
  show(matching);
  const found = (await Promise.all([models(input.value.trim()), settings(input.value.trim())])).flat();
  const rank = item => (item.title.toLowerCase().startsWith(text) ? 0 : 1); // what begins so before what only holds it
  if (mine === asked && dialog.open) show([...matching, ...found].sort((a, b) => rank(a) - rank(b)));
};

const go = index => {
  const item = items[index];
  if (!item) return;
  dialog.close();
  // A click on a link of the page keeps the circuit; assigning the address would start a new one.
  const link = document.createElement("a");
  link.href = item.href;
  document.body.append(link);
  link.click();
  link.remove();
};

export const open = () => {
  if (dialog.open) return;
  input.value = "";
  dialog.showModal();
  search();
};

document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});
document.addEventListener("click", event => {
  if (event.target.closest?.("[data-palette-open]")) open();
  else if (event.target === dialog) dialog.close();
});
input.addEventListener("input", search);
input.addEventListener("keydown", event => {
  if (event.key === "ArrowDown") mark(active + 1);
  else if (event.key === "ArrowUp") mark(active - 1);
  else if (event.key === "Enter") go(active);
  else return;
  event.preventDefault();
});
