"""Pages: what a page says, whatever language it is written in, each thing with its place."""
