"use strict";
// The order of the rows is the reader's choice; without this they stand in the order of their codes.
document.querySelectorAll("table.sortable").forEach((table) => {
  const body = table.tBodies[0];
  table.querySelectorAll("thead th button").forEach((button, place) => {
    button.addEventListener("click", () => {
      const heading = button.closest("th");
      const down = heading.getAttribute("aria-sort") !== "descending";
      table.querySelectorAll("thead th").forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[place].dataset.value;
      const compare = (a, b) => {
        const numbers = value(a) !== "" && value(b) !== "" && !isNaN(value(a)) && !isNaN(value(b));
        return numbers ? value(a) - value(b) : value(a).localeCompare(value(b), document.documentElement.lang);
      };
      [...body.rows].sort((a, b) => (down ? -1 : 1) * compare(a, b)).forEach((row) => body.append(row));
    });
  });
});
