import { unstable_OneTimePasswordField as Field } from "radix-ui";
import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [value, setValue] = useState("");
  window.accepted = value;
  return h(Field.Root, { value, onValueChange: setValue, autoSubmit: false },
    ...Array.from({ length: 6 }, (_, i) => h(Field.Input, { key: i, style: { width: 40, height: 44 } })),
    h(Field.HiddenInput, { name: "code" }));
}
createRoot(document.getElementById("app")).render(h(App));
