"""The audit: whether the checks of a book catch every small mistake that can be made in it."""
