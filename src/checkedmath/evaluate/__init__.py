"""Evaluate: draw values for what is declared, and compute what is displayed from them."""
