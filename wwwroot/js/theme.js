// Runs before the first paint: chooses light or dark by the stored choice, else by the system's, so that no page flashes.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => localStorage.getItem("theme") ?? "system";
  const apply = () => {
    const theme = stored() === "system" ? (system.matches ? "dark" : "light") : stored();
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.themeChoice = stored();
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
