// Shows the field that the address names: forms are read from the database after the page has moved there, so the browser found nothing.
export const showNamed = () => {
  const id = location.hash.slice(1);
  const field = id && document.getElementById(id);
  if (!field) return;
  field.scrollIntoView({ block: "center" });
  (field.matches("input, select, textarea") ? field : field.querySelector("input"))?.focus({ preventScroll: true });
};
