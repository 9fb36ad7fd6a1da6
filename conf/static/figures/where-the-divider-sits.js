// One division by m, at four places of the way from A − Y to the step.
{
  // One weight and the loss ½(a − y)² with a = w x; m is 4, so that no quotient is rounded.
  const places = ["early", "late", "in the step", "never"];
  const kinds = ["early", "late", "step", "never"];
  const batch = { X: [1, 2, 1, 3], Y: [-2, 6, -4, 4], w: 2, eta: 0.1 };

  const numbers = ({ place }) => {
    const { X, Y, w, eta } = batch;
    const m = X.length;
    const at = (here) => (place === here ? m : 1);
    const error = X.map((x, i) => w * x - Y[i]);
    const dZ = error.map((entry) => entry / at("early"));
    const dW = dZ.reduce((sum, dz, i) => sum + dz * X[i], 0) / at("late");
    return { ...batch, m, error, dZ, dW, step: (-eta / at("in the step")) * dW };
  };

  const over = (top) =>
    `<span class="part"><span>${top}</span><span><i>m</i></span></span>`;
  const right = numbers({ place: "late" }).step;

  const entries = (values, kind) =>
    `<span class="values ${kind}">${values.map((x) => `<b>${shown(x)}</b>`).join("")}</span>`;

  // A station of the way: what it is, its numbers, and of what it is the derivative.
  const station = (formula, values, meaning, kind) =>
    `<div class="station"><span>${formula}</span>${entries(values, kind)}` +
    `<span class="quiet">${meaning}</span></div>`;

  // Between two stations: what is done, and with which numbers.
  const between = (words, values) =>
    `<div class="between quiet"><span>${words}</span>${entries(values, "")}</div>`;

  const draw = ({ place }) => {
    const { X, eta, m, error, dZ, dW, step } = numbers({ place });
    const at = places.indexOf(place);
    const has = (from) => (at <= from ? "has" : "");
    const divided = (here) => (at === here ? `, ÷ ${m}` : "");
    return (
      `<div class="way ${kinds[at]}" style="--at:${at}" data-map>` +
      '<span class="pill">÷ <i>m</i></span>' +
      station("<i>A</i> − <i>Y</i>", error, "", "") +
      between(at === 0 ? `each ÷ ${m}` : "", []) +
      station(
        `<i>dZ</i> = ${at === 0 ? `${over(1)}(<i>A</i> − <i>Y</i>)` : "<i>A</i> − <i>Y</i>"}`,
        dZ,
        at === 0 ? "derivatives of the cost" : "each of its own example’s loss",
        has(0),
      ) +
      between(`times <i>X</i>, ${at === 1 ? "mean" : "summed"}`, X) +
      station(
        `<i>dW</i> = ${at === 1 ? over(1) : ""}<i>dZ X</i><sup>⊤</sup>`,
        [dW],
        at < 2 ? "derivative of the cost" : "derivative of the sum of the losses",
        has(1),
      ) +
      between(`times −<i>η</i>${divided(2)}`, [-eta]) +
      station(
        `step = −${at === 2 ? over("<i>η</i>") : "<i>η</i> "}<i>dW</i>`,
        [step],
        at < 3 ? "the same step" : `${m} times the step`,
        at < 3 ? "has outcome" : "missed outcome",
      ) +
      between(at < 3 ? "" : "unused", []) +
      "</div>"
    );
  };

  figure("where-the-divider-sits", {
    state: { place: "late" },
    numbers,
    controls: ({ place }) =>
      "<fieldset><legend>Where the division by <i>m</i> sits</legend>" +
      places.map((name) =>
        `<label><input type="radio" name="place" value="${name}"` +
        `${name === place ? " checked" : ""}><span>${name}</span></label>`).join("") +
      "</fieldset>",
    values: () => ({}),
    // Where it is dragged to: a quarter of the height for each place.
    point: (_, y) => ({ place: places[Math.max(0, Math.min(3, Math.floor(y * 4)))] }),
    draw,
    describe: ({ place }) => {
      const { X, m, eta, error, dZ, dW, step } = numbers({ place });
      return (
        `A minus Y is ${error.map(shown)}. dZ is ${dZ.map(shown)}. ` +
        `Times X, which is ${X}, and summed` +
        `${place === "late" ? ` and divided by ${m}` : ""}, it is dW: ${shown(dW)}. ` +
        `Times minus η, ${shown(-eta)}, ${place === "in the step" ? `divided by ${m}, ` : ""}` +
        `it is the step: ${shown(step)}.`
      );
    },
    say: ({ place }) => {
      const { m, dW, step } = numbers({ place });
      const same = `the step is ${shown(step)}, as at each place on the way.`;
      return {
        early: `Early: dZ is divided by ${m}, and dW = ${shown(dW)} is a plain sum; ${same}`,
        late: `Late: dZ is whole, and dW = ${shown(dW)} is a mean; ${same}`,
        "in the step": `In the step: dW = ${shown(dW)} is a sum, and the rate is divided by ${m}; ${same}`,
        never: `Never: dW = ${shown(dW)} is a sum, and at the same rate the step is ${shown(step)}, ` +
          `${m} times ${shown(right)}. With η/m as its rate it is ${shown(right)} again.`,
      }[place];
    },
    table: () => ({
      head: ["the division by m", "dZ", "dW", "the step"],
      rows: places.map((place) => {
        const { dZ, dW, step } = numbers({ place });
        const steps = [shown(step), ...(place === "never" ? [`with η/m: ${shown(right)}`] : [])];
        return [[place], [dZ.map(shown).join(", ")], [shown(dW)], steps];
      }),
    }),
  });
}
