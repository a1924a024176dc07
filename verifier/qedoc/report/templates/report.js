"use strict";
(() => {
  const root = document.documentElement;
  const remembered = (value) => {
    try {
      if (value !== undefined) localStorage.setItem("qedoc-theme", value);
      return localStorage.getItem("qedoc-theme");
    } catch {
      return null; // a page that is opened as a file may have no storage
    }
  };
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const known = remembered();
  if (known === "dark" || known === "light") root.dataset.theme = known;

  document.addEventListener("DOMContentLoaded", () => {
    const theme = document.getElementById("theme");
    const name = () => { theme.textContent = dark() ? "Light colours" : "Dark colours"; };
    theme.hidden = false;
    name();
    theme.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      remembered(root.dataset.theme);
      name();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
    addEventListener("beforeprint", () => {
      for (const fold of document.querySelectorAll("details:not([open])")) { fold.open = true; fold.dataset.closed = ""; }
    });
    addEventListener("afterprint", () => {
      for (const fold of document.querySelectorAll("details[data-closed]")) { fold.open = false; delete fold.dataset.closed; }
    });
    const form = document.getElementById("filters");
    if (!form) return;
    const items = [...document.querySelectorAll(".item")].map((node) => ({ node, text: node.textContent.toLowerCase().replace(/\s+/g, " ") }));
    const boxes = [...form.querySelectorAll("input[name=verdict]")];
    const text = document.getElementById("text");
    const shown = document.getElementById("shown");
    const nothing = document.querySelector(".nothing");
    const apply = () => {
      const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      let many = 0;
      for (const item of items) {
        const fits = (!wanted.size || wanted.has(item.node.dataset.verdict)) && words.every((word) => item.text.includes(word));
        item.node.hidden = !fits;
        many += fits;
      }
      shown.textContent = `${many} of ${items.length} shown`;
      nothing.hidden = many > 0;
    };
    const asked = new URLSearchParams(location.search);
    for (const box of boxes) box.checked = asked.getAll("verdict").includes(box.value);
    text.value = asked.get("text") || "";
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", apply);
    addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
        event.preventDefault();
        text.focus();
      } else if (event.key === "Escape" && event.target === text) {
        text.value = "";
        apply();
      }
    });
    const reveal = () => { // a link to a formula shows it, whatever the filter says
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.hidden) { target.hidden = false; target.scrollIntoView(); }
    };
    addEventListener("hashchange", reveal);
    apply();
    reveal();
  });
})();
