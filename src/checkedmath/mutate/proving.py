"""
Prove that a mutant is equal to what it was made of, from the declarations and one rule.

That both have the same value on every draw proves nothing here: it is what the checks see, and
they are what is tested. A mutant is equal by proof where the part that was changed is equal by a
rule of arithmetic whose condition, that something is 1×1 whatever the sizes, the declarations
show. What is not proved is a survivor, for a person to look at.
"""

from __future__ import annotations

from checkedmath.mutate.mutating import Mutant
from checkedmath.mutate.shapes import Shapes
from checkedmath.read.syntax import Hadamard, Node, Product, Transpose


def proof(mutant: Mutant, shapes: Shapes) -> str:
    """
    Return the rule by which a mutant is equal; empty if there is none.

    Parameters
    ----------
    mutant : Mutant
        The mutant.
    shapes : Shapes
        What the page's declarations say of shapes.
    """
    before, after = mutant.before, mutant.after
    match mutant.kind:
        case "transpose added" | "transpose dropped":
            turned = after if isinstance(after, Transpose) else before
            if isinstance(turned, Transpose) and shapes.is_number(turned.base):
                return "a 1×1 is its own transpose"
        case "factors swapped":
            if any(shapes.is_number(factor) for factor in _swapped(before, after)):
                return "a 1×1 commutes"
        case "product to ⊙" | "⊙ to product":
            if all(shapes.is_number(part) for part in _multiplied(before, after)):
                return "of 1×1s, ⊙ is the product"
    return ""


def _swapped(before: Node, after: Node) -> tuple[Node, ...]:
    """Return the factors that do not stand where they stood."""
    if not (isinstance(before, Product) and isinstance(after, Product)):
        return ()
    pairs = zip(before.factors, after.factors, strict=True)
    return tuple(factor for factor, other in pairs if factor != other)


def _multiplied(before: Node, after: Node) -> tuple[Node, ...]:
    """Return what is multiplied by ⊙ in one of the two."""
    found = [node for side in (before, after) for node in side.walk()]
    products = {node for node in found if isinstance(node, Hadamard)}
    return tuple(part for node in products for part in (node.left, node.right))
