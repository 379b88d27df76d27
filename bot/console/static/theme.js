// Before the first paint: the theme that was chosen here. Without a choice the system decides.
try {
  const chosen = localStorage.getItem("porchlight-theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // no storage: the system decides
}
