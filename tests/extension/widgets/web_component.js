// A Web Component with an open shadow root inside another, defined after the page has loaded.
class PinBoxes extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = "<style>input{width:38px;height:44px}</style>" +
      Array.from({ length: 6 }, (_, i) => `<input inputmode=numeric maxlength=1 aria-label="Digit ${i + 1}">`).join("");
    const boxes = [...root.querySelectorAll("input")];
    for (const [i, box] of boxes.entries()) {
      box.addEventListener("input", () => {
        if (box.value && boxes[i + 1]) boxes[i + 1].focus();
        window.accepted = boxes.map((each) => each.value).join("");
      });
      box.addEventListener("keydown", (event) => {
        if (event.key === "Backspace" && !box.value && i) boxes[i - 1].focus();
      });
    }
  }
}
class OuterCard extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: "open" }).innerHTML = "<pin-boxes></pin-boxes>";
  }
}
document.getElementById("app").innerHTML = "<outer-card></outer-card>";
setTimeout(() => {
  customElements.define("outer-card", OuterCard);
  customElements.define("pin-boxes", PinBoxes);
}, 150);
