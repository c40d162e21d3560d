// The town's districts, drawn from its own outlines: tap one, or choose it by its name in the list.

import { button, drawing, element, fill } from "./dom.js";

/**
 * @typedef {{name: string, path: string, x: number, y: number, latitude: number, longitude: number, radius: number}} District
 * @typedef {{width: number, height: number, districts: District[]}} Outline
 */

/** @type {Promise<Outline | null> | null} */
let outline = null;

/** @returns {Promise<Outline | null>} null if the town gave no outlines */
function load() {
  outline ??= fetch("/chat/districts.json").then((answer) => (answer.ok ? answer.json() : null)).catch(() => { outline = null; return null; });
  return outline;
}

/**
 * @param {HTMLElement} into @param {Record<string, string>} words
 * @param {boolean} listed whether the names already stand as choices under the question
 * @param {import("./tools.js").QuestionActs} acts @returns {Promise<boolean>} whether there is a map
 */
export async function drawDistricts(into, words, listed, acts) {
  const town = await load();
  if (!town) return false;
  /** @param {District} one */
  const choose = (one) => acts.named(one.name) || acts.place(one.latitude, one.longitude, one.radius, fill(words.sent_district, { name: one.name }));
  const map = drawing("svg", { viewBox: `-6 -6 ${town.width + 12} ${town.height + 12}`, role: "group", "aria-label": words.map });
  for (const one of town.districts) {
    const shape = drawing("g", { role: "button", tabindex: "0", "aria-label": one.name },
      drawing("path", { d: one.path, "fill-rule": "evenodd" }),
      drawing("text", { x: String(one.x), y: String(one.y), "aria-hidden": "true" }, one.name));
    shape.addEventListener("click", () => choose(one));
    shape.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      if (key === "Enter" || key === " ") {
        event.preventDefault();
        choose(one);
      }
    });
    map.append(shape);
  }
  into.append(map);
  if (!listed) {
    const list = element("div", { class: "row", role: "group", "aria-label": words.districts });
    for (const one of town.districts) list.append(button(one.name, "choice", () => choose(one)));
    into.append(list);
  }
  return true;
}
