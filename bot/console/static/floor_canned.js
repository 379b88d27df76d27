// Shows a reply as it will read, while it is being written.

for (const field of document.querySelectorAll("[data-preview]")) {
  const shown = document.getElementById(field.dataset.preview);
  field.addEventListener("input", () => (shown.textContent = field.value));
}
