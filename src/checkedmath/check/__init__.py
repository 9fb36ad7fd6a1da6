"""Check: what a page's relations, rows and functions come to, on all their draws."""
