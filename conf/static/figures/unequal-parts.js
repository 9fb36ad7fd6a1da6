// Six gradients in two parts: their mean, and the mean of the parts' means.
{
  const gradients = [6, 2, 1, 5, 3, 1];
  const all = gradients.length;
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  const numbers = ({ first }) => {
    const parts = [gradients.slice(0, first), gradients.slice(first)];
    const means = parts.map(mean);
    const share = gradients.map((_, i) => 1 / (2 * (i < first ? first : all - first)));
    return { gradients, parts, means, share, ofMeans: mean(means), whole: mean(gradients) };
  };

  const draw = ({ first }) => {
    const { share, ofMeans, whole } = numbers({ first });
    const boxes = (shares) =>
      gradients.map((value, i) => ({ value, share: shares[i], kind: i < first ? "one" : "batch" }));
    return (
      '<div class="shares">' +
      bar("added, divided once", boxes(share.map(() => 1)), `<b>${shown(whole)}</b>`) +
      bar("mean of the two means", boxes(share), `<b>${shown(ofMeans)}</b>`) +
      "</div>"
    );
  };

  figure("unequal-parts", {
    state: { first: 1 },
    numbers,
    controls: ({ first }) => slider("first", "Gradients in the first part:", 1, all - 1, first, first),
    values: ({ first }) => ({ first: String(first) }),
    draw,
    describe: ({ first }) => {
      const { parts, means, ofMeans, whole } = numbers({ first });
      return (
        `The first part has ${parts[0].join(", ")}, the second ${parts[1].join(", ")}. ` +
        `Added and divided once they are ${shown(whole)}. ` +
        `The parts' means are ${means.map(shown).join(" and ")}, and the mean of these is ${shown(ofMeans)}.`
      );
    },
    say: ({ first }) => {
      const { ofMeans, whole } = numbers({ first });
      return first * 2 === all
        ? `The parts are equal: each gradient counts 1/${all} in both, and both are ${shown(whole)}.`
        : `In the mean of the means, a gradient of the first part counts 1/${2 * first}, ` +
          `one of the second 1/${2 * (all - first)}: ${shown(ofMeans)}, and not ${shown(whole)}.`;
    },
    table: () => ({
      head: ["the parts", "their means", "mean of the means", "added, divided once"],
      rows: [...Array(all - 1).keys()].map((i) => {
        const { parts, means, ofMeans, whole } = numbers({ first: i + 1 });
        return [parts.map((part) => part.join(", ")), means.map(shown), [shown(ofMeans)], [shown(whole)]];
      }),
    }),
  });
}
