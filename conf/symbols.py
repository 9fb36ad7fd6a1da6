r"""
Find symbols by their names: `dZ`, `η` or `eta`, `W^{[2]}` or `W2`, `1/m` or `one over m`.

The index has what the `{where}` lists declare, what the notation page lists, and the equations
that have labels. The search box loads it when it is opened: static/book.js looks names up in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

NOTATION = "notation"
# The columns of the notation page's tables that hold names.
NAMES = {"symbol", "one", "batch"}

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}
LETTERS = {
    **{name: letter for letter, name in GREEK.items()},
    **{name.capitalize(): letter.upper() for letter, name in GREEK.items()},
    "ell": "ℓ",
    "partial": "∂",
    "odot": "⊙",
    "nabla": "∇",
    "top": "⊤",
    "cdot": "·",
    "times": "×",
    "sum": "∑",
    "in": "∈",
    "dots": "…",
    "le": "≤",
    "ge": "≥",
    "to": "→",
}


@dataclass(frozen=True, order=True)
class Symbol:
    """
    What can be found.

    Attributes
    ----------
    rank : int
        0 on the notation page, 1 in a page's list, 2 for an equation: that is the order.
    shown : str
        HTML.
    names : tuple of str
        What finds it, as `folded` leaves it.
    """

    rank: int
    shown: str
    names: tuple[str, ...]
    meaning: str
    anchor: str


def folded(latex: str) -> str:
    r"""
    Return what one types for a formula: ``W^{[2]}`` is `w2`, ``\frac{1}{m}`` is `1/m`.

    book.js does the same to what is looked for.
    """
    latex = re.sub(r"\\frac\s*\{?(\w)\}?\s*\{?(\w)\}?", r"\1/\2", latex)
    latex = re.sub(r"\\(mathcal|mathbf|mathrm|operatorname|text|tilde|hat|bar)\b", "", latex)
    latex = "".join(GREEK.get(letter, letter) for letter in latex)
    return re.sub(r"[\\{}^_\[\]()\s,]", "", latex).lower()


def names_of(latex: str) -> tuple[str, ...]:
    """Return all that one may type for a symbol: with its layer, and without."""
    bare = re.sub(r"\^\{?(\[\w+\])?(\(\w\))?(\\top)?\}?", "", latex)
    return tuple(dict.fromkeys(filter(None, (folded(latex), folded(bare)))))


def readable(latex: str) -> str:
    """Return a formula as a line of HTML: letters, exponents and indices."""
    latex = re.sub(r"\\[dt]?frac\s*\{?(\w)\}?\s*\{?(\w)\}?", r"\1/\2", latex)
    latex = re.sub(r"\\mathcal\{?L\}?", "ℒ", latex)
    latex = re.sub(r"\\mathbb\{?(\w)\}?", r"\1", latex)
    latex = re.sub(r"\\(?:mathbf|mathrm|operatorname|text)\{(\w+)\}", r"\1", latex)
    latex = re.sub(r"\\(?:tilde|hat|bar)\s*\{?(\w)\}?", r"\1", latex)
    latex = re.sub(r"\\([A-Za-z]+)\s*", lambda name: LETTERS.get(name[1], name[1]), latex)
    html = escape(re.sub(r"\\.|&", "", latex))
    for mark, tag in (("^", "sup"), ("_", "sub")):
        html = re.sub(
            rf"\{mark}(?:\{{([^{{}}]*)\}}|(\w|⊤))",
            lambda found, tag=tag: f"<{tag}>{found[1] or found[2]}</{tag}>",
            html,
        )
    return re.sub(r"[{}]", "", html)


def text_of(node: nodes.Node) -> str:
    """Return the words of a node, its formulas in a line of text."""
    parts = []
    for leaf in node.findall(lambda part: isinstance(part, nodes.math | nodes.Text)):
        if isinstance(leaf, nodes.math):
            parts.append(re.sub(r"<.*?>", "", readable(leaf.astext())))
        elif not isinstance(leaf.parent, nodes.math):
            parts.append(leaf.astext())
    return "".join(parts)


def symbols_of_row(cells: list[nodes.entry], heads: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the names in a table's row, and what they mean."""
    meaning = next(
        (text_of(c) for c, head in zip(cells, heads, strict=True) if head == "meaning"), ""
    )
    for cell, head in zip(cells, heads, strict=True):
        if head in NAMES:
            for formula in cell.findall(nodes.math):
                name = re.split(r"\\in\b|:|\\to\b|>", formula.astext())[0]
                for one in name.split(","):
                    yield one.strip(), meaning


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note the symbols of a page, and give each row of its lists a place to lead to."""
    docname = app.env.docname
    if docname.startswith("about/"):  # They explain the checker, with symbols of their own.
        return
    found: list[Symbol] = []
    rank = 0 if docname == NOTATION else 1
    for table in doctree.findall(nodes.table):
        if docname != NOTATION and "checked-where" not in table["classes"]:
            continue
        head, *_ = table.findall(nodes.thead)
        heads = [cell.astext().lower() for cell in head.findall(nodes.entry)]
        (body,) = table.findall(nodes.tbody)
        for row in body.children:
            for name, meaning in symbols_of_row(row.children, heads):
                if not row["ids"]:
                    row["ids"].append(f"symbol-{len(found)}")
                found.append(Symbol(rank, readable(name), names_of(name), meaning, row["ids"][0]))
    for equation in doctree.findall(nodes.math_block):
        if label := equation.get("label"):
            left = re.split(r":=|=|\\neq|\\approx|&", equation.astext())[0].strip(" \\\n")
            left = left.removeprefix("begin{aligned}").strip()
            is_name = 0 < len(left) < 30 and "begin" not in left
            is_name &= left.count("{") == left.count("}")
            names = dict.fromkeys((folded(label), *(names_of(left) if is_name else ())))
            shown = readable(left) if is_name else escape(label)
            anchor = equation["ids"][0] if equation["ids"] else f"equation-{label}"
            found.append(Symbol(2, shown, tuple(names), label, anchor))
    symbols_by_page(app.env)[docname] = found


def symbols_by_page(env: BuildEnvironment) -> dict[str, list[Symbol]]:
    """Return the symbols of all pages, by document name."""
    found: dict[str, list[Symbol]] = vars(env).setdefault("book_symbols", {})
    return found


def forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is read again."""
    symbols_by_page(env).pop(docname, None)


def merge(
    _app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment
) -> None:
    """Take over what a parallel reader found."""
    for docname in docnames:
        symbols_by_page(env)[docname] = symbols_by_page(other).get(docname, [])


def in_order(env: BuildEnvironment) -> list[str]:
    """Return the pages as the menu has them: derivations come before what uses them."""
    root = env.config.root_doc
    return [root, *env.toctree_includes.get(root, [])]


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the index; a script, as a page that is read from a disk may load no other file."""
    if exception or app.builder.name != "html":
        return
    numbers = app.env.domaindata["math"]["objects"]
    lines = []
    for docname in in_order(app.env):
        title = app.env.titles[docname].astext()
        for symbol in symbols_by_page(app.env).get(docname, []):
            meaning = symbol.meaning
            if symbol.rank == 2:
                number = numbers.get(meaning, (docname, ""))[1]
                meaning = f"equation ({number})"
            address = f"{app.builder.get_target_uri(docname)}#{symbol.anchor}"
            found = [symbol.rank, symbol.names, symbol.shown, meaning, title, address]
            lines.append(json.dumps(found, ensure_ascii=False))
    text = "var bookSymbols = [\n" + ",\n".join(lines) + "\n];\n"
    Path(app.outdir, "_static", "symbols.js").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the collecting of symbols, and the writing of their index."""
    # Before references are resolved, and after equations have their labels.
    app.connect("doctree-read", collect, priority=900)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("build-finished", write)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
