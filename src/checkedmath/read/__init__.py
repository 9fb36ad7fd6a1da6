"""Read: from a page's text to parsed declarations and equations, each with its place."""
