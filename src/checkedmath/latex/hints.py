"""What to write in place of LaTeX that the grammar does not have."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

_RELATIONS = r"the relations are = := \ne \le \ge < > \approx and \propto"
_FOLLOWS = "what follows from what is not checked; write the equations, with a comma between them"
_FUNCTION = r"write f(x) := … for a function, and f : \mathbb{R} \to \mathbb{R} in a where list"
DOTS = (
    r"dots are read in a matrix, in a set and in x_1 + \dots + x_n; write \sum_{k=1}^{n}, or an "
    "equation for each k that a where list declares"
)
_OVER = (
    "what stands over a relation can say in which sense it holds; write the relation alone, "
    "(a) over it for a note, or := for a definition"
)
_INDEX = r"declare the index by k \in \{1, \dots, K\} in a where list, or write \sum_{k=1}^{K}"
_BY_SIGN = {
    r"\in": _INDEX,
    "!": r"write a factorial as \prod_{k=1}^{n} k",
    ":": "write := for a definition",
    r"\%": r"write 0.05 for 5\%",
    r"\div": r"write a quotient as \frac{a}{b}",
    r"\times": r"write nothing or \cdot for a product, and \odot for one entry by entry",
    **dict.fromkeys((r"\stackrel", r"\overset"), _OVER),
    **dict.fromkeys((r"\pm", r"\mp"), "these are two equations; write both"),
    r"\mapsto": _FUNCTION,
    **dict.fromkeys((r"\dots", r"\cdots", r"\ldots", r"\vdots"), DOTS),
    **dict.fromkeys((r"\ll", r"\gg", r"\sim", r"\simeq", r"\cong", r"\doteq"), _RELATIONS),
    **dict.fromkeys((r"\Leftarrow", r"\impliedby", r"\because"), _FOLLOWS),
}

_NOT_READ = (
    "this is not read; write the equation without it, or excuse it in a {math} directive with "
    ":unchecked: and the reason"
)

_CLOSING = {"RPAR": ")", "RSQB": "]", "RSET": r"\}", "RBRACE": "}"}
SETS = (
    r"the sets are \mathbb{R}^{n \times m}, \mathbb{R}_{>0}, (0, 1), \{0, 1\}, \mathbb{Z}, "
    r"\mathbb{N}, \{1, \dots, K\}, \{e_1, \dots, e_K\} of one-hot columns, the simplex "
    r"\Delta^{K-1}, \mathbb{S}^n, \mathbb{S}^n_+ and \mathbb{S}^n_{++} of symmetric matrices, "
    "and O(n)"
)
_DECLARATIONS = (
    r"write a declaration as X \in \mathbb{R}^{n \times m}, c > 0, k \in \{1, \dots, K\} or "
    r"g : \mathbb{R} \to \mathbb{R}"
)


def hint(found: str, expected: AbstractSet[str], start: str, *, known: bool = True) -> str:
    """
    Return what an author would have to write.

    Parameters
    ----------
    found : str
        The sign that cannot be there; empty at the end.
    expected : set of str
        The terminals of the grammar that could.
    start : str
        ``display`` or ``declaration``.
    known : bool
        Whether the grammar has the sign elsewhere.
    """
    if start == "declaration":
        return SETS if "REALS" in expected else _DECLARATIONS
    if found in _BY_SIGN:
        return _BY_SIGN[found]
    if not known:
        return _NOT_READ
    if expected == {"LSQB"}:
        return _INDEX
    if expected in ({"UNDERSCORE"}, {"CIRCUMFLEX"}):
        return r"write the index below, and its range, as in \sum_{i=1}^{n} or \sum_i"
    if "NAME" in expected and not expected & {"RELATION", *_CLOSING}:
        return "expected a symbol, a number or a bracket"
    closing = [sign for terminal, sign in _CLOSING.items() if terminal in expected]
    if closing and "NAME" not in expected:
        return f"a {' or '.join(closing)} is missing"
    if found in _CLOSING.values():
        return "the bracket that this closes is missing"
    return "this cannot stand here"
