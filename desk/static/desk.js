// Lets htmx parse fragments that this server sent, and nothing else become markup; scripts and addresses of scripts never.
"use strict";
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", { createHTML: (text) => text });
}
