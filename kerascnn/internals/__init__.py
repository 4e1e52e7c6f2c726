"""Private parts of scikit-learn, Keras, TensorFlow and scikeras, a module per library.

A private part is imported here and nowhere else, under a plain name, with the reason why no
public way exists. `tests/test_internals.py` says in one sentence each which of them a new version
of a library has taken away or changed, and what that breaks.
"""
