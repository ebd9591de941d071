// Keys for readers: / to search, j and k through a list, g to the tape. The pages do without.
"use strict";

const items = () => Array.from(document.querySelectorAll("[data-item] .open"));

function step(by) {
  const links = items();
  if (!links.length) return;
  const here = links.indexOf(document.activeElement.closest("[data-item]")?.querySelector(".open"));
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

function search(event) {
  const field = document.getElementById("q");
  event.preventDefault();
  if (field) {
    field.focus();
    field.select();
  } else {
    location.assign("/#q");
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "/") search(event);
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "g") location.assign("/");
});

if (location.hash === "#q") document.getElementById("q")?.focus();
