"""The exhibits of the laboratories: what a convolution is, shown before anything is trained.

Each module has a function `exhibits` for a `LaboratoryExperiment`.
"""
