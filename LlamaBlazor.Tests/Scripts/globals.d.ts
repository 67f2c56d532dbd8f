// For the check of the scripts: what other scripts put into the window, and elements where the browser's types only know a target or a node.
declare const signalR: any;
declare var ApexCharts: any;

interface Window {
  lbTheme?: { take(theme: string): void };
}

interface EventTarget {
  closest?(selectors: string): HTMLElement | null;
  matches?(selectors: string): boolean;
  form?: HTMLFormElement | null;
}

interface Node {
  ariaCurrent?: string | null;
  querySelectorAll?(selectors: string): NodeListOf<Element>;
}

interface Element {
  hidden?: any;
}

interface HTMLElement {
  open?: boolean;
  showModal?(): void;
  close?(): void;
}

interface Event {
  readonly detail?: any;
}
