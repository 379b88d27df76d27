// What every page of the console does: the theme's button, and menus that close by themselves.

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);

const button = document.getElementById("theme");
const name = document.getElementById("theme-name");

function show() {
  name.textContent = isDark() ? button.dataset.toLight : button.dataset.toDark;
  button.title = name.textContent;
}

button.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("porchlight-theme", root.dataset.theme);
  } catch {
    // it holds until the page is left
  }
  show();
});
dark.addEventListener("change", show);
button.hidden = false;
show();

const drops = [...document.querySelectorAll("details.drop")];
addEventListener("click", (event) => {
  for (const drop of drops) if (!drop.contains(event.target)) drop.open = false;
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of drops) {
    if (!drop.open) continue;
    drop.open = false;
    if (drop.contains(document.activeElement)) drop.querySelector("summary").focus();
  }
});
