"""The command line is a thin face: it names, runs, plans, and says what is wrong in one line."""

import subprocess
import sys

import pytest

from kerascnn.cli import main
from kerascnn.models import names


def test_list_names_every_experiment_with_its_claim(capsys):
    """Each file in ./experiments is one line."""
    main(["list"])
    told = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert set(told) >= {"grid-digits", "cifar", "lenet", "mnist"}
    assert told["grid-digits"].startswith("Digits CNN: learning rate × L2")


def test_make_alone_lists_the_targets():
    """`make` prints one line per target, experiments included, and sets nothing up."""
    told = subprocess.run(["make"], capture_output=True, text=True, check=True).stdout
    for target in ("grid-digits", "test", "lint", "smoke"):
        assert sum(line.split()[:1] == [target] for line in told.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "grid-digit"], "did you mean 'grid-digits'"),
        (["run", "grid-digits", "--engine", "fusd"], "did you mean 'fused'"),
        (["run", "grid-digits", "--data", "digit"], "did you mean 'digits'"),
        (["run", "grid-digits", "--folds", "150"], "use fewer folds"),
        (["run", "grid-digits", "--output", "Makefile/reports"], "--output"),
        (["report", "nowhere"], "nowhere"),
        (["compare", "nowhere", "else"], "'nowhere' is not a report"),
        (["figures", "nowhere.csv"], "'nowhere.csv' does not exist"),
    ],
)
def test_wrong_input_ends_in_one_line(arguments, message, capsys):
    """The line names what is wrong and the remedy; the exit status is 2."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments, *(["--quiet"] if arguments[0] == "run" else [])])
    told = capsys.readouterr().err.strip()
    assert ended.value.code == 2
    assert message in told
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("option", [["--epochs", "0"], ["--folds", "1"], ["--seed", "-1"]])
def test_numbers_out_of_range_are_refused_at_once(option, capsys):
    """The parser itself names the option and the smallest value."""
    with pytest.raises(SystemExit):
        main(["run", "grid-digits", *option])
    assert f"argument {option[0]}" in capsys.readouterr().err


def test_the_command_line_starts_without_large_libraries():
    """Listing experiments must not wait for TensorFlow or for what draws reports."""
    program = (
        "import sys; from kerascnn.cli import main; main(['list']); "
        "large = {'tensorflow', 'matplotlib', 'seaborn', 'sklearn', 'pandas', 'scipy', "
        "'dask', 'distributed'}; "
        "print(large & {*sys.modules})"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "set()"


def test_models_lists_every_registered_model(capsys):
    """Each registered model is one line."""
    main(["models"])
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == names(task=None)


def test_models_are_listed_with_what_they_are_for(capsys):
    """The task stands between a model's name and its description."""
    main(["models"])
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    tasks = {name: task for name, task, *_ in told}
    assert tasks["lenet5"] == "classification"
    assert tasks["conv_autoencoder"] == "autoencoding"
    assert tasks["regression_cnn"] == "regression"


def test_a_models_layers_are_listed_with_shapes_and_counts(capsys):
    """LeNet-5's 61,706 parameters are those of its layers: 156, 2,416, 48,120, 10,164 and 850."""
    main(["models", "lenet5"])
    told = capsys.readouterr().out
    for count in ("156", "2,416", "48,120", "10,164", "850", "61,706"):
        assert f" {count} " in told


def test_figures_and_comparisons_are_made_of_reports(rates, tmp_path, capsys):
    """Paths are printed, and reports stand side by side."""
    for name in ("a", "b"):
        rates.save(tmp_path / name)
    one = str(tmp_path / "a")
    main(["figures", one, "--formats", "svg", "--columns", "one", "--spread"])
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert (tmp_path / "a" / "figures" / "validation-accuracy-one-column.svg").exists()
    main(["compare", one, str(tmp_path / "b"), "--output", str(tmp_path / "side.html")])
    told = capsys.readouterr().out
    assert "cross-validated" in told
    assert f"page: {(tmp_path / 'side.html').as_uri()}" in told
