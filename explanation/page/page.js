"use strict";
// The page is whole without this: it folds the deeper levels, and opens them to print and to follow links.
const folds = [...document.querySelectorAll("details")];
const setAll = (open) => folds.forEach((fold) => { fold.open = open; });
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (target) target.scrollIntoView();
};
let before = [];
folds.forEach((fold) => { fold.open = Number(fold.dataset.depth) < 1; });
document.querySelector(".buttons").hidden = folds.length === 0;
document.querySelectorAll("button[data-open]").forEach((button) => {
  button.addEventListener("click", () => setAll(button.dataset.open === "true"));
});
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => { before = folds.map((fold) => fold.open); setAll(true); });
addEventListener("afterprint", () => folds.forEach((fold, index) => { fold.open = before[index]; }));
reveal();
