// The theme's icons come from its fonts: this takes the place of the script that draws them as SVG.
