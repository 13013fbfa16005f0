import { OTPInput } from "input-otp";
import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [value, setValue] = useState("");
  return h(OTPInput, {
    maxLength: 6, value, onChange: setValue, onComplete: (code) => { window.accepted = code; },
    render: ({ slots }) => h("div", { style: { display: "flex" } },
      slots.map((slot, i) => h("div", { key: i, style: { width: 40, height: 44, border: "1px solid" } }, slot.char))),
  });
}
createRoot(document.getElementById("app")).render(h(App));
