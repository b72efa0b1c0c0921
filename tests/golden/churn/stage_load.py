"""Load.

out     df
files   reads ${data_path}
params  data_path
random  numpy: seeded here
"""
# %% begin
from mlcode_handoff import Stage

stage = Stage("load")
data_path = stage.params("data_path")

# %% setup [0a51e7d2]
import numpy as np
import pandas as pd

np.random.seed(42)

# %% Load [7d20aa01]
df = pd.read_csv(data_path)
df.head()

# %% end
stage.save(df=df)
stage.save_state("numpy.random")
