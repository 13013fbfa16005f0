import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";
import OtpInput from "react-otp-input";

function App() {
  const [otp, setOtp] = useState("");
  window.accepted = otp;
  return h(OtpInput, {
    value: otp, onChange: setOtp, numInputs: 6, inputStyle: { width: 40, height: 44 },
    renderInput: (props) => h("input", props),
  });
}
createRoot(document.getElementById("app")).render(h(App));
