// Runs before the first paint: chooses the stylesheet by the stored choice, else by the system's, so that no page flashes.
(() => {
  const link = document.getElementById("theme");
  const light = link.getAttribute("href");
  const dark = link.dataset.dark;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => localStorage.getItem("theme") ?? "system";
  const apply = () => {
    const theme = stored() === "system" ? (system.matches ? "dark" : "light") : stored();
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.themeChoice = stored();
    const href = theme === "dark" ? dark : light;
    if (link.getAttribute("href") !== href) link.setAttribute("href", href);
    document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  };
  const take = theme => {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
    apply();
  };
  const choose = theme => {
    take(theme);
    document.dispatchEvent(new CustomEvent("themechoice", { detail: theme }));
  };
  window.lbTheme = { take };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", event => {
    const choice = event.target.closest?.("[data-theme-choice]:not(html)");
    if (choice) choose(choice.dataset.themeChoice);
    else if (event.target.closest?.("[data-theme-toggle]")) choose(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  });
})();
