"""Figures: results as plain descriptions for pages, and as Matplotlib figures for papers."""
