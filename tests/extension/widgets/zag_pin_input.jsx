// The engine of Ark UI's and Chakra UI's pin inputs.
import * as pinInput from "@zag-js/pin-input";
import { normalizeProps, useMachine } from "@zag-js/react";
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const service = useMachine(pinInput.machine, {
    id: "pin", otp: true, count: 6, type: "numeric", onValueChange: ({ valueAsString }) => { window.accepted = valueAsString; },
  });
  const api = pinInput.connect(service, normalizeProps);
  return h("div", api.getRootProps(),
    h("label", api.getLabelProps(), "Authentication code"),
    h("div", { ...api.getControlProps(), style: { display: "flex" } },
      api.items.map((index) => h("input", { key: index, ...api.getInputProps({ index }), style: { width: 40, height: 44 } }))),
    h("input", api.getHiddenInputProps()));
}
createRoot(document.getElementById("app")).render(h(App));
