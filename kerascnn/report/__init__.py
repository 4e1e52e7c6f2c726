"""Plain results in, pictures and pages out, for any fitted scikit-learn search.

from kerascnn.report import SweepResults, write_sweep_report

results = SweepResults.from_search(search, name="svc", title="Support vectors on digits")
write_sweep_report(results, Path("reports/svc"))
"""

from kerascnn.report.index import write_index
from kerascnn.report.insight import Insight, Saliency
from kerascnn.report.predictions import Expected, Predictions
from kerascnn.report.render import render_report, write_sweep_report
from kerascnn.report.results import SweepResults

__all__ = [
    "Expected",
    "Insight",
    "Predictions",
    "Saliency",
    "SweepResults",
    "render_report",
    "write_index",
    "write_sweep_report",
]
