// The gradient of m equal terms in float16, divided early and late.
{
  const LARGEST = 65504;

  // The nearest number of float16, ties to even. Its steps are 2^-10 of the power of two below
  // the number, but never less than 2^-24, the smallest number that there is.
  const float16 = (x) => {
    const size = Math.abs(x);
    if (!(size > 0 && size < Infinity)) return x;
    let power = 2 ** -14;
    while (2 * power <= size) power *= 2;
    const step = power / 1024;
    // Below 2^52, adding it leaves the double no digit behind the point: that rounds to even.
    const rounded = (size / step + 2 ** 52 - 2 ** 52) * step;
    return Math.sign(x) * (rounded > LARGEST ? Infinity : rounded);
  };

  // Terms are added in pairs, pairs of pairs and so on, as on the page's map.
  const added = (term, doublings) =>
    doublings === 0 ? term : added(float16(term + term), doublings - 1);

  const numbers = ({ doublings, quarters }) => {
    const m = 2 ** doublings;
    const dz = float16(2 ** (quarters / 4));
    const quotient = float16(dz / m);
    const sum = added(dz, doublings);
    return { m, dz, quotient, early: added(quotient, doublings), sum, late: float16(sum / m) };
  };

  // Where the map's wedges begin, of the numbers that float16 has; m is a power of two.
  const limits = ({ m }) => ({ zero: m * 2 ** -25, infinite: 2 ** 16 / m });

  const exponents = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const power = (p) =>
    (p < 0 ? "⁻" : "") + [...String(Math.abs(p))].map((digit) => exponents[digit]).join("");
  const written = (x) => {
    if (x === Infinity) return "∞";
    if (x === 0) return "0";
    if (Number.isInteger(x)) return String(x);
    if (x >= 0.001) return String(+x.toPrecision(4));
    const [digits, p] = x.toExponential(2).split("e");
    return `${digits}×10${power(+p)}`;
  };

  const verdict = (found, dz) =>
    found === dz ? "exact" : found === 0 ? "lost: zero"
      : found === Infinity ? "lost: infinite"
        : `off by ${+((100 * Math.abs(found - dz)) / dz).toPrecision(2)} %`;

  const fate = ({ early, late, dz }) =>
    early === 0 ? "early flushes to zero" : late === Infinity ? "late overflows"
      : early === dz ? "early and late are equal" : "early loses digits";

  // The map: m to the right, |dZ| upwards, both as powers of two; a unit of each is a square.
  const LEFT = 46, TOP = 8, UNIT = 17, HIGH = 8.5, KS = 15, LOW = -24, TOPMOST = 16;
  const x = (k) => LEFT + UNIT * k;
  const y = (p) => TOP + HIGH * (TOPMOST - p);
  const area = (kind, ...points) =>
    `<polygon class="${kind}" points="${points.map(([k, p]) => `${x(k)},${y(p)}`).join(" ")}"/>`;
  const tick = (text, px, py, anchor) =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}">${text}</text>`;

  const draw = ({ doublings, quarters }) => {
    const now = numbers({ doublings, quarters });
    const { m, dz, quotient, early, sum, late } = now;
    const line = (name, way, found) =>
      `<span class="name ${name}">${name}</span>` +
      `<b class="${found === dz ? "" : "wrong"}">${written(found)}</b>` +
      `<span class="verdict">${verdict(found, dz)}</span><span class="way">${way}</span>`;
    return (
      '<div class="halves"><svg viewBox="0 0 316 386" width="316">' +
      area("fine", [0, LOW], [0, TOPMOST], [KS, TOPMOST], [KS, LOW]) +
      area("early digits", [0, -14], [KS, 1], [KS, -10], [1, LOW], [0, LOW]) +
      area("early zero", [1, LOW], [KS, -10], [KS, LOW]) +
      area("late over", [0, TOPMOST], [KS, TOPMOST], [KS, 1]) +
      `<path class="cross" d="M${x(0)} ${y(Math.log2(dz))} H${x(KS)} M${x(doublings)} ${y(LOW)} V${TOP}"/>` +
      `<rect data-map x="${LEFT}" y="${TOP}" width="${x(KS) - LEFT}" height="${y(LOW) - TOP}"/>` +
      [0, 4, 8, 12].map((at) => tick(2 ** at, x(at), y(LOW) + 17, "middle")).join("") +
      [-24, -16, -8, 0, 8, 16].map((at) => tick(`2${power(at)}`, LEFT - 7, y(at) + 5, "end")).join("") +
      tick('<tspan class="math">m</tspan>', x(14), y(LOW) + 17, "middle") +
      tick('|<tspan class="math">dZ</tspan>|', LEFT + 8, y(12.5), "start") +
      tick("late: ∞", x(11.4), y(11.3), "middle") +
      tick("equal", x(4.6), y(1), "middle") +
      tick("early: digits lost", x(6.6), y(-12.4), "middle") +
      tick("early: 0", x(11.4), y(-20.6), "middle") +
      `<circle class="dot ${fate(now).split(" ")[0]}" r="6" style="translate:${x(doublings)}px ${y(Math.log2(dz))}px"/></svg>` +
      '<div class="readout">' +
      line("early", `each term over <i>m</i>: ${written(quotient)}`, early) +
      line("late", `the sum, before it is divided: ${written(sum)}`, late) +
      `<span class="name">exact</span><b>${written(dz)}</b><span class="verdict"></span>` +
      "</div></div>"
    );
  };

  figure("half-precision", {
    state: { doublings: 10, quarters: -60 },
    float16,
    numbers,
    controls: ({ doublings, quarters }) => {
      const { m, dz } = numbers({ doublings, quarters });
      return (
        slider("doublings", "<i>m</i> =", 0, KS, doublings, m) +
        slider("quarters", "|<i>dZ</i>| =", -96, 63, quarters, written(dz))
      );
    },
    values: (state) => {
      const { m, dz } = numbers(state);
      return { doublings: String(m), quarters: written(dz) };
    },
    point: (right, down) => ({
      doublings: Math.round(KS * right),
      quarters: Math.round(4 * (TOPMOST - (TOPMOST - LOW) * down)),
    }),
    draw,
    describe: (state) => {
      const { m, dz, quotient, sum } = numbers(state);
      return (
        "A map of m against the size of dZ: a wedge below, wider for greater m, where early gives " +
        "zero, above it a band where early loses digits; a wedge above where late gives infinity; " +
        `between them both are right. Here m is ${m} and dZ is ${written(dz)}: ` +
        `early divides it to ${written(quotient)}, late adds it up to ${written(sum)}.`
      );
    },
    say: (state) => {
      const now = numbers(state);
      return (
        `${now.m} ${now.m === 1 ? "term" : "terms"} of ${written(now.dz)}: early gives ${written(now.early)}, ` +
        `late gives ${written(now.late)}; ${fate(now)}.`
      );
    },
    limits,
    table: () => ({
      head: ["m", "early is zero up to", "late is infinite from"],
      rows: [2, 4, 16, 256, 1024, 4096, 32768].map((m) => {
        const { zero, infinite } = limits({ m });
        return [[String(m)], [written(zero)], [written(infinite)]];
      }),
    }),
  });
}
