"""Estimators of scikit-learn draw, keep their data and hand out their arrays as the knowledge says."""

from __future__ import annotations

import contextlib
import inspect
import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.utils import all_estimators

from jupyter_mlcode.analysis.library import built_in
from tests.unit.analysis.knowledge_samples import X, Y, digest, drawn, public_path

LIBRARY = built_in()


def estimator_classes() -> Iterator[tuple[str, type]]:
    """Yield the public path and class of every estimator of scikit-learn that can be made without arguments."""
    for name, cls in all_estimators():
        parameters = inspect.signature(cls).parameters.values()
        if name not in TOO_SLOW and not any(
            p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters
        ):
            yield public_path(cls), cls


TOO_SLOW = {
    "DictionaryLearning",
    "GammaRegressor",
    "GraphicalLassoCV",
    "MLPClassifier",
    "MLPRegressor",
    "HistGradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "LogisticRegressionCV",
    "MDS",
    "MiniBatchDictionaryLearning",
    "MiniBatchSparsePCA",
    "SparsePCA",
    "SpectralBiclustering",
    "TSNE",
}
FITS = ("fit", "fit_transform", "fit_predict")


def fit_draws(cls: type, method: str) -> bool | None:
    """Whether fitting an instance made without arguments draws; None when it cannot be fitted so."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for target in (Y, X[:, 0] * 2, None):
            np.random.seed(1)
            before = drawn("numpy.random")
            try:
                estimator = (
                    cls(n_estimators=3) if "n_estimators" in inspect.signature(cls).parameters else cls()
                )
                getattr(estimator, method)(X, target)
            except Exception:  # noqa: BLE001 - not every estimator takes these data
                continue
            return drawn("numpy.random") != before
    return None


def test_estimators_made_without_a_seed_draw_as_their_class_says() -> None:
    wrong, fitted = [], 0
    x_before, y_before = digest(X), digest(Y)
    for path, cls in estimator_classes():
        entry = LIBRARY.function(path)
        assert entry is not None
        claim = entry["constructor_draws"] or {"methods": []}
        certain = not any(key in claim for key in ("only_if", "maybe", "as"))
        for method in FITS:
            drew = fit_draws(cls, method) if hasattr(cls, method) else None
            if drew is None:
                continue
            fitted += 1
            if drew and method not in claim["methods"]:
                wrong.append(f"{path}.{method} draws")
            if not drew and certain and [method] == claim["methods"][:1]:
                wrong.append(f"{path}.{method} does not draw")
    assert "\n".join(wrong) == ""
    assert (digest(X), digest(Y)) == (x_before, y_before)
    assert fitted > 200


def arrays_in(value: Any, depth: int = 5) -> Iterator[np.ndarray]:
    """Yield the arrays that an estimator refers to."""
    if isinstance(value, np.ndarray):
        yield value
    elif depth and isinstance(value, dict):
        for inner in value.values():
            yield from arrays_in(inner, depth - 1)
    elif depth and isinstance(value, (list, tuple)):
        for inner in value:
            yield from arrays_in(inner, depth - 1)
    elif depth and hasattr(value, "__dict__") and not callable(value):
        yield from arrays_in(vars(value), depth - 1)


def fitted(cls: type, x: np.ndarray) -> Any:
    """Return an instance fitted to `x`, or None."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for target in (Y, None):
            with contextlib.suppress(Exception):
                return (
                    cls(n_estimators=3) if "n_estimators" in inspect.signature(cls).parameters else cls()
                ).fit(x, target)
    return None


def test_an_estimator_that_keeps_its_data_or_hands_out_its_arrays_says_so() -> None:
    wrong = []
    for path, cls in estimator_classes():
        x = X.copy()
        entry, estimator = LIBRARY.function(path), fitted(cls, x)
        assert entry is not None
        if estimator is None:
            continue
        family = entry.returns
        fit = LIBRARY.method(family, "fit")
        assert fit is not None
        if not fit["keeps"] and any(np.shares_memory(array, x) for array in arrays_in(estimator)):
            wrong.append(f"{path}.fit keeps its data")
        for name in ("transform", "predict", "decision_function", "fit_transform", "fit_predict"):
            method, result = LIBRARY.method(family, name), None
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = getattr(estimator, name)(x)
            held = [x, *arrays_in(estimator)]
            open_ended = method is None or method.shares or method["unknown"] or method.returns == "any"
            if (
                isinstance(result, np.ndarray)
                and not open_ended
                and any(np.shares_memory(result, a) for a in held)
            ):
                wrong.append(f"{path}.{name} gives a view")
    assert "\n".join(wrong) == ""
