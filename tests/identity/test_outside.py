"""Code that depends on more than its content is refused; libraries count by their installation."""

import sys
import textwrap
from types import ModuleType

import pytest

from kerascnn.identity import Unidentifiable, digest


def function(source: str, folder, name="outside_code"):
    """Return `f` of a user's module with this source."""
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(source))
    module = ModuleType(name)
    module.__file__ = str(path)
    exec(compile(path.read_text(), str(path), "exec"), vars(module))
    return module.f


READING = {
    "the environment": "import os\ndef f(): return os.environ['A']",
    "the environment by name": "from os import environ\ndef f(): return environ['A']",
    "a variable": "import os\ndef f(): return os.getenv('A')",
    "an imported function": "from os import getenv\ndef f(): return getenv('A')",
    "a file": "def f(): return open('a').read()",
    "arrays in a file": "import numpy as np\ndef f(): return np.load('a.npy')",
    "a table in a file": "import pandas as pd\ndef f(): return pd.read_csv('a.csv')",
    "a path": "from pathlib import Path\nPATH = Path('a')\ndef f(): return PATH.read_text()",
    "weights": "def f(model): model.load_weights('a.h5')",
    "the clock": "import time\ndef f(): return time.time()",
    "a name of the clock": "from time import time\ndef f(): return time()",
    "modules by name": "import sys\ndef f(): return sys.modules['a'].B",
    "captured": "def g():\n    import os\n    return lambda: os.environ['A']\nf = g()",
    "captured by name": "from numpy import load as g\ndef h(g): return lambda: g('a')\nf = h(g)",
    "a default": "import numpy as np\ndef f(load=np.load): return load('a')",
    "arrays within": "def f():\n    import numpy as np\n    return np.load('a')",
    "within a function": "def f():\n    import os\n    return os.environ['A']",
    "TensorFlow's files": "import tensorflow as tf\ndef f(): return tf.io.read_file('a')",
}
DEPENDING_ON_ARGUMENTS = {
    "arithmetic": "import math\ndef f(x): return math.exp(x)",
    "arrays": "import numpy as np\ndef f(x): return np.mean(x)",
    "paths": "import os\ndef f(x): return os.path.join('a', x)",
    "printing": "import sys\ndef f(x): print(x, file=sys.stderr)",
    "tools": "import functools, operator\ndef f(x): return functools.reduce(operator.add, x)",
    "random numbers": "import random\ndef f(): return random.random()",
}


@pytest.mark.parametrize("name", READING)
def test_code_that_reads_the_world_is_refused(name, tmp_path):
    """What it reads may be something else when it runs."""
    with pytest.raises(Unidentifiable, match="before the code runs"):
        digest(function(READING[name], tmp_path))


@pytest.mark.parametrize("name", DEPENDING_ON_ARGUMENTS)
def test_code_that_depends_on_its_arguments_is_identified(name, tmp_path):
    """Made twice, it is the same."""
    source = DEPENDING_ON_ARGUMENTS[name]
    assert digest(function(source, tmp_path)) == digest(function(source, tmp_path))


def test_the_packages_of_an_imported_module_count(tmp_path, monkeypatch):
    """`import a.b` lets code take anything of a."""
    package = tmp_path / "outside_package"
    package.mkdir()
    (package / "__init__.py").write_text("RATE = 1.0")
    (package / "part.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    source = "def f():\n    import outside_package.part\n    return outside_package.RATE"
    before = digest(function(source, tmp_path))
    monkeypatch.setattr("outside_package.RATE", 2.0)
    assert digest(function(source, tmp_path)) != before


def test_code_installed_among_libraries_counts_by_its_file(tmp_path, monkeypatch):
    """A module that no distribution lists is told apart by what is in it."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("kerascnn.identity.library.FOLDERS", (f"{tmp_path}/",))
    digests = []
    for factor in (1, 5, 1):
        (tmp_path / "installed_loss.py").write_text(f"def loss(y, p): return {factor} * p")
        monkeypatch.delitem(sys.modules, "installed_loss", raising=False)
        from kerascnn.identity import library

        library.installation.cache_clear()
        import installed_loss

        digests.append(digest(installed_loss.loss))
    assert digests[0] == digests[2] != digests[1]


def test_other_libraries_count_by_their_installation():
    """SciPy's version is no part of a key but by way of what is used of it."""
    import scipy.special

    from kerascnn.identity import library

    assert library.edition("scipy.special")
    assert library.edition("keras.src.losses") == library.edition("math") == ""
    digest(scipy.special.logsumexp)


def test_the_order_of_a_dict_counts():
    """Code may go through it; what an object holds by name has no order."""
    steps = {"scale": 2.0, "shift": 1.0}
    assert digest(steps) != digest(dict(reversed(steps.items())))
    assert digest(dict(steps)) == digest(steps)


class Settings:
    """An object whose attributes come in the order given."""

    def __init__(self, names):
        for name in names:
            setattr(self, name, 1)


def test_the_order_of_attributes_does_not_count():
    """However an object came to be, it does the same."""
    assert digest(Settings("ab")) == digest(Settings("ba"))
