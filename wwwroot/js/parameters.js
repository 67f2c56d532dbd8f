const show = field => {
  field.scrollIntoView({ block: "center" });
  (field.matches("input, select, textarea") ? field : field.querySelector("input"))?.focus({ preventScroll: true });
};

// Shows the field that the address names: forms are read from the database after the page has moved there, so the browser found nothing.
export const showNamed = () => {
  const id = location.hash.slice(1);
  const field = id && document.getElementById(id);
  if (field) show(field);
};

// Shows the first field that cannot be saved.
export const showInvalid = () => {
  const field = document.querySelector('.lb-param [aria-invalid="true"]');
  if (field) show(field);
};
