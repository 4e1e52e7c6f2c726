"""The ranges that simulated seismograms are drawn from, and where each is from."""

from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Table

CONVENTIONAL = "conventional"
CHOUET = "Chouet, Nature 380 (1996), abstract: periods of 0.2 to 2 s"
TRIFUNAC = "Trifunac and Brady, Bull. Seismol. Soc. Am. 65 (1975)"

# What is drawn: (the kind or the part of a record, what, from where to where, where that is from).
# Each stands in the docstring of what draws it, in `kerascnn.datasets.seismic_sources` and
# `kerascnn.datasets.seismic`.
RANGES = (
    ("volcano-tectonic", "lowest frequency", "1 to 2 Hz", CONVENTIONAL),
    ("volcano-tectonic", "highest frequency", "10 to 20 Hz", CONVENTIONAL),
    ("volcano-tectonic", "S behind P", "0.3 to 3 s", CONVENTIONAL),
    ("volcano-tectonic", "decay of P", "0.3 to 1 s", CONVENTIONAL),
    ("volcano-tectonic", "decay of S", "1 to 4 s", CONVENTIONAL),
    ("volcano-tectonic", "amplitude of P to that of S", "0.2 to 0.6", CONVENTIONAL),
    ("long-period", "all frequencies", "0.5 to 5 Hz", CHOUET),
    ("long-period", "fundamental", "0.5 to 2.5 Hz", CONVENTIONAL),
    ("long-period", "frequencies", "2 to 4", CONVENTIONAL),
    ("long-period", "quality Q", "15 to 60", CONVENTIONAL),
    ("long-period", "emergence", "0.5 to 2 s", CONVENTIONAL),
    ("tremor", "harmonic: fundamental", "0.7 to 1.5 Hz", CONVENTIONAL),
    ("tremor", "harmonic: highest overtone", "6.5 Hz", CONVENTIONAL),
    ("tremor", "otherwise: band", "0.5-1.5 to 3-7 Hz", CONVENTIONAL),
    ("tremor", "slow modulation, standard deviation", "0.1 to 0.4", CONVENTIONAL),
    ("noise", "exponent of its spectrum α", "0 to 2", CONVENTIONAL),
    ("station", "lower corner", "0.1 to 1 Hz", CONVENTIONAL),
    ("station", "upper corner", "60 to 90 %", CONVENTIONAL),
    ("record", "onset", "10 to 40 %", CONVENTIONAL),
    ("record", "gain", "0.1 to 10", CONVENTIONAL),
    ("record", "energy that says how long an event lasts", "5 to 95 %", TRIFUNAC),
)


def simulated_ranges() -> Exhibit:
    """Return a table of what simulated records are drawn from."""
    headings = ["of", "what", "range", "where it is from"]
    return Exhibit(
        "What is simulated",
        "Numbers are drawn from these ranges, corners of the station as a share of half the rate "
        "and onsets as a share of the record. Conventional ranges are set in the spirit of reviews "
        "of volcano seismology, and not copied from any of them.",
        [Table("Ranges of simulated records", headings, RANGES)],
    )
