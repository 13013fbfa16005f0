import PrimeVue from "primevue/config";
import InputOtp from "primevue/inputotp";
import { createApp, h, ref } from "vue";

createApp({
  setup() {
    const code = ref("");
    return () => h(InputOtp, {
      modelValue: code.value, length: 6, integerOnly: true,
      pt: { pcInputText: { root: { style: "width: 40px; height: 44px" } } },
      "onUpdate:modelValue": (next) => { code.value = next; window.accepted = next; },
    });
  },
}).use(PrimeVue, { unstyled: true }).mount("#app");
