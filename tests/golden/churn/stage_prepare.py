"""Prepare.

Rows without a bill are customers in their first month; we leave them out.

in      df (load)
out     X_train, X_test, y_train, y_test
params  test_size
random  numpy: goes on from load
"""
# %% begin
from mlcode_handoff import Stage

stage = Stage("prepare")
test_size = stage.params("test_size")

# %% setup [0a51e7d2]
from sklearn.model_selection import train_test_split

# %% inputs
from churn_definitions import add_ratios

df = stage.load("load/df")
stage.restore_state("load", "numpy.random")

# %% Prepare [5be90c12]
df = df.dropna()
add_ratios(df)  # in place

# %% Prepare [e01d44f3]
X, y = df.drop(columns="churned"), df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=test_size, stratify=y)

# %% end
stage.save(X_train=X_train, X_test=X_test, y_train=y_train, y_test=y_test)
stage.save_state("numpy.random")
