// Tells the dashboard which theme was chosen here, and takes over what was chosen elsewhere.
let keeper = null;

export const keep = reference => { keeper = reference; };

export const apply = theme => window.lbTheme?.take(theme);

document.addEventListener("themechoice", event => keeper?.invokeMethodAsync("ChooseAsync", event.detail).catch(() => { keeper = null; })); // the circuit has gone: this browser keeps it alone
