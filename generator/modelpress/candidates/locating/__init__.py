"""Finding the files of a candidate's model, wherever the run was copied to."""
