"""Many projects at once: a matrix of them, who makes them, and what a later run need not make again."""
