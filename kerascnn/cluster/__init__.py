"""The part of this package that Dask's workers import: nothing of TensorFlow, nor of the rest."""
