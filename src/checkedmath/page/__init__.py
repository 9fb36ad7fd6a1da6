"""Pages: declarations, equations and rows with their places, whatever they are written in."""
