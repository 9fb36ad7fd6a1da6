"""The book's Sphinx configuration, and the two extensions that belong to it alone."""
