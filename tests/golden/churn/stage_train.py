"""Train.

in      X_train, y_train (prepare)
out     model, history
params  n_estimators
random  numpy: goes on from prepare
"""
# %% begin
from mlcode_handoff import Stage

stage = Stage("train")
n_estimators = stage.params("n_estimators")

# %% setup [0a51e7d2]
from sklearn.ensemble import RandomForestClassifier

# %% inputs
X_train, y_train = stage.load("prepare/X_train", "prepare/y_train")
stage.restore_state("prepare", "numpy.random")

# %% Train [3fd2a9b0]
model = RandomForestClassifier(n_estimators)
history = []

# %% Train [81c64be5]
model.fit(X_train, y_train)
history.append(model.score(X_train, y_train))  # train accuracy

# %% end
stage.save(model=model, history=history)
stage.save_state("numpy.random")
