"""What must fit together in the Azure ML files of a project, and in the code that they name."""
