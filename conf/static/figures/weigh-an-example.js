// One example's weight: its share of the cost, and so of each derivative of the cost, not of its dz.
{
  // One weight w and the examples' own derivatives; a = w x, so that each adds dz x to dw.
  const dz = [-2, 1, 3];
  const X = [1, 2, 1];

  const numbers = ({ halves }) => {
    const u = [halves / 2, 1, 1];
    const N = u.reduce((sum, weight) => sum + weight, 0);
    const share = u.map((weight) => weight / N);
    const dJdz = dz.map((d, i) => share[i] * d);
    return { dz, X, u, N, share, dJdz, dw: dJdz.reduce((sum, d, i) => sum + d * X[i], 0) };
  };

  const kind = (i) => (i === 0 ? "one" : "batch");
  const parts = (values, share) => values.map((value, i) => ({ value, share: share[i], kind: kind(i) }));

  const draw = ({ halves }) => {
    const { share, dJdz, dw } = numbers({ halves });
    const alike = dz.map(() => 1);
    return (
      '<div class="shares">' +
      bar("share of the cost", parts(share, share), "sum 1") +
      bar("<i>dz</i>, of its own loss", parts(dz, alike), "stay") +
      bar("∂<i>J</i>/∂<i>z</i> = share × <i>dz</i>", parts(dJdz, alike), "change") +
      bar("times <i>x</i>", parts(X, alike), `<i>dw</i> = <b>${shown(dw)}</b>`) +
      "</div>"
    );
  };

  figure("weigh-an-example", {
    state: { halves: 2 },
    numbers,
    controls: ({ halves }) => slider("halves", "Weight of the first example:", 0, 8, halves, shown(halves / 2)),
    values: ({ halves }) => ({ halves: shown(halves / 2) }),
    draw,
    describe: ({ halves }) => {
      const { share, dJdz, dw } = numbers({ halves });
      return (
        `Three examples have the shares ${share.map(shown).join(", ")} of the cost. ` +
        `Their dz are ${dz.map(shown).join(", ")}, whatever the shares are. ` +
        `The derivatives of the cost with respect to their z are ${dJdz.map(shown).join(", ")}; ` +
        `times x, which is ${X.join(", ")}, and summed, they are dw: ${shown(dw)}.`
      );
    },
    say: ({ halves }) => {
      const { u, N, dw } = numbers({ halves });
      return halves === 2
        ? `Each example counts 1: each share is 1/m = 1/3, and dw = ${shown(dw)} is the mean of dz x.`
        : `The first example counts ${shown(u[0])}: the divisor is the sum of the weights, ${shown(N)}. ` +
          `Each share changes, and with it ∂J/∂z and dw = ${shown(dw)}; no dz does.`;
    },
    table: () => ({
      head: ["weight of the first", "shares", "dz", "∂J/∂z", "dw"],
      rows: [...Array(9).keys()].map((halves) => {
        const { u, share, dJdz, dw } = numbers({ halves });
        const list = (values) => [values.map(shown).join(", ")];
        return [[shown(u[0])], list(share), list(dz), list(dJdz), [shown(dw)]];
      }),
    }),
  });
}
