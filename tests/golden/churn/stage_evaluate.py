"""Evaluate.

in      X_test, y_test (prepare); model, history (train)
files   writes metrics.json (metrics), scores.png
params  threshold
random  numpy: goes on from train
"""
# %% begin
from mlcode_handoff import Stage

stage = Stage("evaluate")
threshold = stage.params("threshold")

# %% setup [0a51e7d2]
import json

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

plt.rcParams["figure.figsize"] = (8, 4)

# %% inputs
X_test, y_test = stage.load("prepare/X_test", "prepare/y_test")
model, history = stage.load("train/model", "train/history")
stage.restore_state("train", "numpy.random")


# %% setup [d0e8127a]
def decide(p):
    return p >= threshold


# %% Evaluate [46a0f9d8]
proba = model.predict_proba(X_test)[:, 1]
boot = [roc_auc_score(y_test.iloc[i], proba[i]) for i in np.random.randint(0, len(y_test), (50, len(y_test)))]
metrics = {"auc": roc_auc_score(y_test, proba), "auc_low": float(np.quantile(boot, 0.05)), "f1": f1_score(y_test, decide(proba)), "train": history[-1]}
print(metrics)

# %% Evaluate [aa10bc39]
plt.hist(proba, bins=20)
plt.savefig("scores.png")
plt.close("all")  # as Jupyter does at the end of a cell

# %% Evaluate [f4c2d951]
with open("metrics.json", "w") as f:
    json.dump(metrics, f, indent=1)
