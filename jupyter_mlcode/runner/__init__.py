"""Bundle and parameters -> run report: order, kernels through papermill, events; verify."""
