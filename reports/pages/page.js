"use strict";
// The order of the rows is the reader's choice: of numbers the most first, of words the alphabet's; a second press
// turns it. Until then they stand in the order of their codes, which is an order of another kind ("other").
document.querySelectorAll("table.sortable").forEach((table) => {
  const body = table.tBodies[0];
  table.querySelectorAll("thead th button").forEach((button, place) => {
    button.addEventListener("click", () => {
      const heading = button.closest("th");
      const first = heading.classList.contains("number") ? "descending" : "ascending";
      const second = first === "descending" ? "ascending" : "descending";
      const order = heading.getAttribute("aria-sort") === first ? second : first;
      table.querySelectorAll("thead th").forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", order);
      const value = (row) => row.cells[place].dataset.value;
      const compare = (a, b) => {
        const numbers = value(a) !== "" && value(b) !== "" && !isNaN(value(a)) && !isNaN(value(b));
        return numbers ? value(a) - value(b) : value(a).localeCompare(value(b), document.documentElement.lang);
      };
      [...body.rows].sort((a, b) => (order === "descending" ? -1 : 1) * compare(a, b)).forEach((row) => body.append(row));
    });
  });
});
