"""LaTeX: from the text of an equation or a declaration to its parsed form, and back."""
