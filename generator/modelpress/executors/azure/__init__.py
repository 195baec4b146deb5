"""Executors for Azure Machine Learning. Only functions in here import the Azure SDK, which takes seconds."""
