"""Figures: results as plotly figures for pages, and as Matplotlib figures for papers."""
