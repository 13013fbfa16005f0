import { createApp, h, ref } from "vue";
import { createVuetify } from "vuetify";
import "vuetify/styles";
import { VOtpInput } from "vuetify/components/VOtpInput";

createApp({
  setup() {
    const code = ref("");
    return () => h("div", { style: "width: 400px" }, h(VOtpInput, {
      modelValue: code.value, length: 6,
      "onUpdate:modelValue": (next) => { code.value = next; window.accepted = next; },
    }));
  },
}).use(createVuetify()).mount("#app");
