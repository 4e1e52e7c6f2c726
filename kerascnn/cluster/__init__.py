"""What Dask's workers import: nothing of TensorFlow, nor of the rest of this package."""
