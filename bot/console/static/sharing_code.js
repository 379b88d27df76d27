// For partners: what was shared under a code. The code goes in the body, never in an address that browsers keep.

const form = document.getElementById("code-form");
const problem = document.getElementById("code-problem");
const facts = document.getElementById("code-facts");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  facts.hidden = true;
  const response = await fetch("/console/api/partner/found", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-csrf-token": document.querySelector("meta[name=csrf]").content,
    },
    body: JSON.stringify({ code: form.elements.code.value }),
  });
  const answer = await response.json();
  if (!response.ok) {
    problem.textContent = answer.error;
    return;
  }
  facts.replaceChildren(
    ...answer.facts.map(({ label, value }) => {
      const pair = document.createElement("div");
      const name = document.createElement("dt");
      const told = document.createElement("dd");
      name.textContent = label;
      told.textContent = value;
      pair.append(name, told);
      return pair;
    }),
  );
  facts.hidden = false;
});
