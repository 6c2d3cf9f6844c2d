"use strict";
// The lists of the administration: the bar at the left is closed until somebody opens it, and the cells of a list know
// the titles of their columns, which narrow screens show beside them.
{
  const OPEN = "django.admin.navSidebarIsOpen";
  try {
    if (localStorage.getItem(OPEN) === null) localStorage.setItem(OPEN, "false"); // before the admin's own script reads it
  } catch {
    // Without storage the bar stays as the admin shows it.
  }

  document.addEventListener("DOMContentLoaded", () => {
    const titles = [...document.querySelectorAll("#result_list thead th")].map((cell) => {
      const text = cell.querySelector(".text");
      return cell.classList.contains("action-checkbox-column") ? "" : (text ?? cell).textContent.trim();
    });
    for (const row of document.querySelectorAll("#result_list tbody tr"))
      [...row.children].forEach((cell, place) => {
        if (titles[place]) cell.dataset.label = titles[place];
      });
  });
}
