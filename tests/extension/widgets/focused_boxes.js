// Boxes as PrimeNG, Vuetify and Angular widgets build them: a model apart from the DOM, the character goes to
// the box that has the focus, other boxes' events are ignored, and the view is drawn again from the model.
const app = document.getElementById("app");
const model = Array(6).fill("");
const boxes = model.map((_, i) => {
  const box = document.createElement("input");
  box.type = "text";
  box.maxLength = 1;
  box.className = "p-inputotp-input";
  box.style.cssText = "width:40px;height:44px";
  box.addEventListener("input", () => {
    const at = boxes.indexOf(document.activeElement);
    if (at >= 0) model[at] = box.value.slice(-1);
    for (const [j, each] of boxes.entries()) each.value = model[j];
    if (at >= 0 && model[at] && boxes[at + 1]) boxes[at + 1].focus();
    window.accepted = model.join("");
  });
  box.addEventListener("paste", (event) => event.preventDefault());
  app.append(box);
  return box;
});
