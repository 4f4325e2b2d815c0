"""Small forests as their converters write them. Of each, NAME.onnx, NAME.in with a row of numbers and
NAME.out with what the forest makes of it, as little-endian f32.

    python trees.py FOLDER

needs scikit-learn, skl2onnx, xgboost, lightgbm and onnxmltools. The files beside this script whose names
begin with "Trees" were made by it.
"""

import pathlib
import sys

import numpy as np
import onnxmltools
from lightgbm import LGBMRegressor
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloats
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from xgboost import XGBClassifier, XGBRegressor

WIDTH = 6
random = np.random.default_rng(0)
ROWS = random.random((200, WIDTH)).astype(np.float32)
WAVE = np.sin(4 * ROWS[:, 0]) + ROWS[:, 1] * ROWS[:, 2]
TARGETS = WAVE.astype(np.float32)
PAIRS = np.stack([WAVE, ROWS[:, 3]], 1).astype(np.float32)
CLASSES = (WAVE > 0.8).astype(np.int64) + (ROWS[:, 4] > 0.5)


def sklearn(model):
    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    return convert_sklearn(model, initial_types=[("x", FloatTensorType([1, WIDTH]))], options=options)


def boosted(model):
    types = [("x", ToolsFloats([1, WIDTH]))]
    kind = type(model).__name__
    if kind.startswith("LGBM"):
        return onnxmltools.convert_lightgbm(model, initial_types=types, zipmap=False)
    return onnxmltools.convert_xgboost(model, initial_types=types)


def written(folder, name, converted, row, outputs):
    (folder / f"{name}.onnx").write_bytes(converted.SerializeToString())
    row.astype("<f4").tofile(folder / f"{name}.in")
    np.concatenate([np.asarray(it, np.float32).ravel() for it in outputs]).astype("<f4").tofile(
        folder / f"{name}.out")


def main(folder):
    folder = pathlib.Path(folder)
    small = dict(n_estimators=5, max_depth=4, random_state=0)
    regressors = [
        ("TreesForest", RandomForestRegressor(**small), TARGETS, sklearn),
        ("TreesPairs", ExtraTreesRegressor(**small), PAIRS, sklearn),
        ("TreesGradient", GradientBoostingRegressor(**small), TARGETS, sklearn),
        ("TreesXgboost", XGBRegressor(**small), TARGETS, boosted),
        ("TreesLightgbm", LGBMRegressor(n_estimators=5, max_depth=4, verbose=-1), TARGETS, boosted),
    ]
    row = random.random((1, WIDTH)).astype(np.float32)
    for name, model, targets, convert in regressors:
        model.fit(ROWS, targets)
        written(folder, name, convert(model), row, [model.predict(row)])
    classifiers = [
        ("TreesClasses", RandomForestClassifier(**small), CLASSES, sklearn),
        ("TreesXgboostClasses", XGBClassifier(**small), CLASSES, boosted),
        ("TreesXgboostBinary", XGBClassifier(**small), CLASSES > 0, boosted),
    ]
    for name, model, classes, convert in classifiers:
        model.fit(ROWS, classes.astype(np.int64))
        outputs = [model.predict(row), model.predict_proba(row)]
        written(folder, name, convert(model), row, outputs)


main(sys.argv[1])
