"""`modelpress package`: one module for what is written here, one for what goes to Azure ML."""
