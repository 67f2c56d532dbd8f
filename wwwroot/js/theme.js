// Runs before the first paint: chooses the stylesheet by the stored choice, else by the system's, so that no page flashes.
(() => {
  const link = document.getElementById("theme");
  const light = link.getAttribute("href");
  const dark = link.dataset.dark;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => localStorage.getItem("theme");
  const apply = () => {
    const theme = stored() ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    const href = theme === "dark" ? dark : light;
    if (link.getAttribute("href") !== href) link.setAttribute("href", href);
    document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", event => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    localStorage.setItem("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    apply();
  });
})();
