// Examples become columns, and their outer products one sum that is divided once.
{
  // One layer and the loss ½‖z − y‖²; the first two examples are those of the page's cells.
  const W = [[1, 0, 2], [0, 1, 1]];
  const b = [0, 1];
  const examples = [
    { a: [1, 2, 0], y: [0, 5] },
    { a: [1, 0, 2], y: [2, 1] },
    { a: [0, 1, 1], y: [3, 2] },
    { a: [2, 1, 0], y: [4, 1] },
    { a: [0, 2, 1], y: [1, 2] },
    { a: [1, 1, 1], y: [5, 3] },
  ];

  const forward = ({ a, y }) => {
    const z = W.map((row, j) => row.reduce((sum, weight, k) => sum + weight * a[k], b[j]));
    return { a, z, y, dz: z.map((entry, j) => entry - y[j]) };
  };
  const outer = ({ dz, a }) => dz.map((d) => a.map((entry) => d * entry));
  const plus = (P, Q) => P.map((row, j) => row.map((entry, k) => entry + Q[j][k]));
  const zero = W.map((row) => row.map(() => 0));

  const numbers = ({ m }) => {
    const batch = examples.slice(0, m).map(forward);
    const products = batch.map(outer);
    const before = products.slice(0, -1).reduce(plus, zero);
    const sum = plus(before, products.at(-1));
    return { W, b, batch, products, before, sum, dW: sum.map((row) => row.map((x) => x / m)) };
  };

  const grid = (rows, kind) =>
    `<span class="grid ${kind}" style="--columns:${rows[0].length}">` +
    rows.flat().map((x) => `<b>${shown(x)}</b>`).join("") + "</span>";

  // A quantity of all examples: those that have joined, the one that joins, those to come.
  const block = (name, key, all, m) => {
    const rows = all[0][key].map((_, j) =>
      all.map((example, i) => {
        const kind = i + 1 === m ? "one" : i < m ? "batch" : "later";
        return `<b class="${kind}">${shown(example[key][j])}</b>`;
      }).join(""));
    return `${math(name)}<span class="grid columns">${rows.join("")}</span>`;
  };

  const word = (text, kind) => `<span class="word ${kind}">${text}</span>`;

  const math = (letters) => `<i>${letters}</i>`;

  const term = (left, matrix, note) =>
    `<span class="left">${left}</span><span>${matrix}</span><span class="note">${note}</span>`;

  const draw = ({ m }) => {
    const { batch, products, before, sum, dW } = numbers({ m });
    const { a, dz } = batch.at(-1);
    const all = examples.map(forward);
    const heads = all.map((_, i) => `<b class="${i + 1 === m ? "one" : ""}">${i + 1}</b>`).join("");
    return (
      '<div class="panels"><div class="panel stacked">' +
      `${word("stacked", "one")}<span class="heads">${heads}</span>` +
      block("A", "a", all, m) + block("Z", "z", all, m) +
      block("Y", "y", all, m) + block("dZ", "dz", all, m) +
      '</div><div class="panel summed">' +
      word("sum", "batch") +
      term("", grid([a], "one"), `${math("a<sup>⊤</sup>")} of example ${m}`) +
      term(grid(dz.map((d) => [d]), "one"), grid(products.at(-1), "one"), `its ${math("dz a<sup>⊤</sup>")}`) +
      term("+", grid(before, "batch"), `the ${m - 1} before it`) +
      term("=", grid(sum, "batch full"), math("dZ A<sup>⊤</sup>")) +
      word("mean", "batch") +
      term(`÷ ${m}`, grid(dW, "batch full"), `${math("dW")}, divided once`) +
      "</div></div>"
    );
  };

  const rows = (P) => P.map((row) => row.map(shown).join(", "));

  figure("stack-the-batch", {
    state: { m: 2 },
    numbers,
    controls: ({ m }) => slider("m", "Examples: <i>m</i> =", 1, examples.length, m, m),
    values: ({ m }) => ({ m: String(m) }),
    draw,
    describe: ({ m }) => {
      const { batch, products, before, sum, dW } = numbers({ m });
      const { a, z, y, dz } = batch.at(-1);
      return (
        `Example ${m} is column ${m}: a is ${a}; z is ${z}; y is ${y}; dz is ${dz}. ` +
        `Its outer product has the rows ${rows(products.at(-1)).join(" and ")}. ` +
        `Those of the ${m - 1} before it sum to ${rows(before).join(" and ")}, ` +
        `all to ${rows(sum).join(" and ")}. ` +
        `Divided by ${m}, that is dW: ${rows(dW).join(" and ")}.`
      ).replaceAll("-", "−");
    },
    say: ({ m }) =>
      m === 1
        ? "m is 1: one column each, and one outer product, which is its own mean."
        : `m is ${m}: example ${m} has column ${m} of A, Z, Y and dZ. ` +
          `Of the ${m} outer products there is one sum, and it is divided by ${m} once.`,
    table: () => ({
      head: ["m", "a of example m", "its dz", "sum of the outer products", "dW, divided by m"],
      rows: examples.map((_, i) => {
        const { batch, sum, dW } = numbers({ m: i + 1 });
        const { a, dz } = batch.at(-1);
        return [[String(i + 1)], rows([a]), rows([dz]), rows(sum), rows(dW)];
      }),
    }),
  });
}
