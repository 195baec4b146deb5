"""`modelpress render --matrix`: the projects of a matrix, and how each is made and told of."""
